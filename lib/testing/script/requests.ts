import { defer, tap, type Observable } from 'rxjs';

import type { Bytes, ResponseHead, Transport, TransportRequest } from '../../transport/transport';
import { isChat } from './answers';
import type { ScriptedRequest } from './Reply';

/** A transport to no server, and the requests that came. */
export interface ScriptedTransport extends Transport {
  /** In the order they were sent; grows, and `aborted` is set, while calls run. */
  readonly requests: readonly ScriptedRequest[];
}

/**
 * A transport that keeps the requests it is sent: one for each subscription.
 *
 * @param answer - What comes back; it is told which request of all this one is, from 0.
 */
export function keepingRequests(
  answer: (request: ScriptedRequest, index: number) => Observable<ResponseHead | Bytes>,
): ScriptedTransport {
  const requests: Written<ScriptedRequest>[] = [];
  const transport = (sent: TransportRequest): Observable<ResponseHead | Bytes> =>
    defer(() => {
      const turn = requests.filter(({ url }) => isChat(url)).length;
      const { method, url, headers } = sent;
      const request = { method, url, headers, body: parsedJson(sent.body), turn, aborted: false };
      return answer(request, requests.push(request) - 1).pipe(
        tap({
          unsubscribe: () => {
            request.aborted = true;
          },
        }),
      );
    });
  return Object.assign(transport, { requests });
}

type Written<T> = { -readonly [Key in keyof T]: T[Key] };

/** The JSON of a body; `undefined` where there is none, or none that parses. */
export function parsedJson(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}
