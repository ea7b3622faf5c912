import type { Observable } from 'rxjs';

import type { Bytes, ResponseHead, Transport, TransportRequest } from '../../lib/transport/transport';

/** Returns a transport that sends all requests the same answer, and what was sent. */
export function sending(answer$: Observable<ResponseHead | Bytes>) {
  const sent: TransportRequest[] = [];
  const transport: Transport = (request) => {
    sent.push(request);
    return answer$;
  };
  return { sent, transport };
}
