import {
  asyncScheduler,
  ReplaySubject,
  share,
  tap,
  timer,
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerLike,
} from 'rxjs';

import { isFiniteDelay } from '../../rx/isFiniteDelay';

/** Options for {@link shareCompletion}. */
export interface ShareOptions {
  /**
   * Milliseconds that the request continues without subscribers. Default 0: it is aborted at once. `Infinity` runs it to
   * its end.
   */
  readonly keepAliveMs?: number;
  /** Schedules that wait. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Shares one request among all subscribers; a late subscriber starts from the latest snapshot.
 *
 * Put it below a fold, whose values are snapshots. After the end it replays the last snapshot and the end, an error
 * included: `shareReplay` would send the request again for a subscriber that arrives after an error. When the last
 * subscriber unsubscribes before the end, the request is aborted, and the next subscriber sends a new one. `keepAliveMs`
 * leaves time for a view to be rebuilt.
 *
 * ```text
 * source:         -a-b-c|
 * 1st subscriber: -a-b-c|
 * 2nd, later:         bc|      starts with b
 * 3rd, after:             (c|) sends no second request
 * ```
 *
 * Above a fold, a late subscriber gets the last chunk only, and misses the text before it.
 *
 * ```text
 * source:                                          -h--l--|   h, l = 'Hel', 'lo'
 * 2nd of shareCompletion(), accumulateContent():        l-|   wrong: 'lo'
 * 2nd of accumulateContent(), shareCompletion():        x-|   right: x = 'Hello'
 * ```
 *
 * Put `retryChat` above it too: below, an attempt sends no request.
 *
 * @param options - The time to continue without subscribers.
 * @returns An operator. Keep its result and subscribe to that: each use of the operator is a separate request.
 *
 * @example One answer, rendered in two places
 * ```ts
 * import { map } from 'rxjs';
 * import { chatCompletion$, shareCompletion, toChatState } from 'rxjs-chat-completions';
 *
 * const answer$ = chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   toChatState(),
 *   shareCompletion({ keepAliveMs: 2_000 }),
 * );
 * answer$.subscribe(({ content }) => console.log(content));
 * answer$.pipe(map(({ status }) => status)).subscribe((status) => console.log(status));
 * ```
 */
export function shareCompletion<T>({
  keepAliveMs = 0,
  scheduler = asyncScheduler,
}: ShareOptions = {}): MonoTypeOperatorFunction<T> {
  return (source$) => {
    const onEnd = (): void => void endedShares.add(shared$);
    const shared$: Observable<T> = source$.pipe(
      tap({ error: onEnd, complete: onEnd }),
      share({
        connector: () => new ReplaySubject<T>(1),
        resetOnError: false,
        resetOnComplete: false,
        resetOnRefCountZero: resetAfter(keepAliveMs, scheduler),
      }),
    );
    return shared$;
  };
}

/** The results of {@link shareCompletion} that only replay their end. */
const endedShares = new WeakSet<Observable<unknown>>();

/** Whether an Observable is a shared answer that has ended: a subscription replays the end and sends no request. */
export const isEndedShare = (source$: Observable<unknown>): boolean => endedShares.has(source$);

function resetAfter(ms: number, scheduler: SchedulerLike): boolean | (() => Observable<unknown>) {
  if (!(ms > 0)) return true;
  return isFiniteDelay(ms) && (() => timer(ms, scheduler));
}
