import { defer, tap, type Observable } from 'rxjs';

import { parseJson } from '../../codec/parseJson';
import type { Bytes, ResponseHead, Transport, TransportRequest } from '../../transport/transport';
import type { ScriptedRequest } from './Reply';
import { isChatUrl } from './respond';

/** A transport without a server, and the requests it received. */
export interface ScriptedTransport extends Transport {
  /** Requests in the order they were sent. The list grows, and `aborted` is set, while calls run. */
  readonly requests: readonly ScriptedRequest[];
}

/**
 * Creates a transport that records its requests, one for each subscription.
 *
 * @param respond - Returns the response; `index` counts the requests from 0.
 */
export function recordRequests(
  respond: (request: ScriptedRequest, index: number) => Observable<ResponseHead | Bytes>,
): ScriptedTransport {
  const requests: Mutable<ScriptedRequest>[] = [];
  const transport = ({ method, url, headers, body }: TransportRequest): Observable<ResponseHead | Bytes> =>
    defer(() => {
      const turn = requests.filter((request) => isChatUrl(request.url)).length;
      const request = { method, url, headers, body: parseJson(body ?? ''), turn, aborted: false };
      const index = requests.push(request) - 1;
      return respond(request, index).pipe(
        tap({
          unsubscribe: () => {
            request.aborted = true;
          },
        }),
      );
    });
  return Object.assign(transport, { requests });
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
