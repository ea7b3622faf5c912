import { concatMap, EMPTY, from, NEVER, of, switchMap, throwError, timer, type Observable } from 'rxjs';

import type { Bytes, ResponseHead } from '../../transport/transport';
import { answerTo, type ScriptOptions } from './answers';
import { isFiniteDelay } from '../../rx/isFiniteDelay';
import { broken, unreachable } from './connections';
import type { Script } from './Reply';
import { keepingRequests, type ScriptedTransport } from './requests';
import type { TimelineEvent } from './timeline';

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
export const scriptedTransport = (script: Script, options: ScriptOptions = {}): ScriptedTransport =>
  keepingRequests((request) => played(answerTo(request, script, options), request.url));

const played = (moments: readonly TimelineEvent[], url: string): Observable<ResponseHead | Bytes> =>
  from(moments).pipe(
    concatMap((moment, index) => after(moment.afterMs, partOf(moment, index === 0 ? url : undefined))),
  );

/** @param url - The address, of a server that has not said anything yet. */
function partOf(moment: TimelineEvent, url: string | undefined): Observable<ResponseHead | Bytes> {
  if ('head' in moment) return of(moment.head);
  if ('bytes' in moment) return of(moment.bytes);
  if ('end' in moment) return EMPTY;
  return throwError(() => (url === undefined ? broken(moment.cut) : unreachable(url, moment.cut)));
}

function after<T>(ms: number, then$: Observable<T>): Observable<T> {
  if (ms === 0) return then$;
  return isFiniteDelay(ms) ? timer(ms).pipe(switchMap(() => then$)) : NEVER;
}
