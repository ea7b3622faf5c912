import { concatMap, EMPTY, from, NEVER, of, switchMap, throwError, timer, type Observable } from 'rxjs';

import { isFiniteDelay } from '../../rx/isFiniteDelay';
import type { Bytes, ResponseHead } from '../../transport/transport';
import { checkScript } from './checkScript';
import { brokenError, unreachableError } from './connections';
import type { Script } from './Reply';
import { recordRequests, type ScriptedTransport } from './requests';
import { respondTo, type ScriptOptions } from './respond';
import type { TimelineEvent } from './timeline';

/**
 * Creates a transport that responds from a script, for tests in virtual time.
 *
 * Delays are RxJS timers, so a stall of 30 seconds takes no time inside `TestScheduler.run`. Each subscription is a request.
 * With a `delayMs` of 0 the response is emitted synchronously on subscription.
 *
 * @param script - One reply for all requests, a list of replies, or a function of the request.
 * @param options - The format of the server, its models, and the delay before each delta.
 * @throws TypeError or RangeError when a reply cannot be sent, such as one with status 99.
 *
 * @example A stall in the middle of an answer
 * ```ts
 * import { chatCompletion$, toChatState } from 'rxjs-chat-completions';
 * import { scriptedTransport } from 'rxjs-chat-completions/testing';
 *
 * const transport = scriptedTransport({ parts: ['Hel', { stall: 29_000 }, 'lo'] });
 * chatCompletion$({ transport }, { model: 'any', messages: [] }).pipe(toChatState());
 * ```
 */
export function scriptedTransport(script: Script, options: ScriptOptions = {}): ScriptedTransport {
  checkScript(script);
  return recordRequests((request) => play(respondTo(request, script, options), request.url));
}

const play = (events: readonly TimelineEvent[], url: string): Observable<ResponseHead | Bytes> =>
  from(events).pipe(
    concatMap((event, index) => after(event.afterMs, toPart(event, index === 0 ? url : undefined))),
  );

/** @param url - The URL, if the server has not sent anything yet. */
function toPart(event: TimelineEvent, url: string | undefined): Observable<ResponseHead | Bytes> {
  if ('head' in event) return of(event.head);
  if ('bytes' in event) return of(event.bytes);
  if ('end' in event) return EMPTY;
  return throwError(() => (url === undefined ? brokenError(event.cut) : unreachableError(url, event.cut)));
}

function after<T>(ms: number, then$: Observable<T>): Observable<T> {
  if (ms === 0) return then$;
  return isFiniteDelay(ms) ? timer(ms).pipe(switchMap(() => then$)) : NEVER;
}
