import {
  concatMap,
  defer,
  EMPTY,
  from,
  NEVER,
  of,
  switchMap,
  tap,
  throwError,
  timer,
  type Observable,
} from 'rxjs';

import type { Bytes, Head, Transport, TransportRequest } from '../body/transport';
import { ConnectionError } from '../errors';
import { answerTo, isChat, type ScriptOptions } from './answers';
import type { Script, ScriptedRequest } from './Reply';
import type { Moment } from './timeline';

/** A transport to no server, and the requests that came. */
export interface ScriptedTransport extends Transport {
  /** In the order they were sent; grows, and `aborted` is set, while calls run. */
  readonly requests: readonly ScriptedRequest[];
}

/**
 * A transport that answers from a script, for tests that run in virtual time.
 *
 * All its waiting is done by RxJS timers, so inside `TestScheduler.run` a stall of half a minute takes no time.
 * Each subscription is a request. What comes after a `delayMs` of 0 comes at once, in the tick of the subscription.
 *
 * @param script - One reply for all, replies by turn, or a function of the request.
 *
 * @example A stall, seen through a whole pipeline
 * ```ts
 * import { chatCompletion$, toChatState } from 'rxjs-chat-completions';
 * import { scriptedTransport } from 'rxjs-chat-completions/testing';
 *
 * const transport = scriptedTransport({ parts: ['Hel', { stall: 29_000 }, 'lo'] });
 * chatCompletion$({ transport }, { model: 'any', messages: [] }).pipe(toChatState());
 * ```
 */
export function scriptedTransport(script: Script, options: ScriptOptions = {}): ScriptedTransport {
  const requests: Written<ScriptedRequest>[] = [];
  const transport = (sent: TransportRequest): Observable<Head | Bytes> =>
    defer(() => {
      const turn = requests.filter(({ url }) => isChat(url)).length;
      const { method, url, headers } = sent;
      const request = { method, url, headers, body: parsed(sent.body), turn, aborted: false };
      requests.push(request);
      return played(answerTo(request, script, options), request.url).pipe(
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

function parsed(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}

const played = (moments: readonly Moment[], url: string): Observable<Head | Bytes> =>
  from(moments).pipe(
    concatMap((moment, index) =>
      after(moment.afterMs, partOf(moment, index === 0 ? `cannot reach ${url}` : undefined)),
    ),
  );

function partOf(moment: Moment, unreachable: string | undefined): Observable<Head | Bytes> {
  if ('head' in moment) return of(moment.head);
  if ('bytes' in moment) return of(moment.bytes);
  if ('end' in moment) return EMPTY;
  return throwError(() =>
    unreachable === undefined
      ? new ConnectionError('the connection broke in the middle of the answer', 'body', moment.cut)
      : new ConnectionError(unreachable, 'connect', moment.cut),
  );
}

/** The longest a timer can wait; one that is asked for more goes off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function after<T>(ms: number, then$: Observable<T>): Observable<T> {
  if (ms === 0) return then$;
  return ms > LONGEST_TIMER_MS ? NEVER : timer(ms).pipe(switchMap(() => then$));
}
