import {
  asyncScheduler,
  ReplaySubject,
  share,
  timer,
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerLike,
} from 'rxjs';

import { isFiniteDelay } from '../../rx/isFiniteDelay';

/** What {@link shareCompletion} can be told. */
export interface ShareOptions {
  /**
   * How long the request goes on when nobody listens any more, in milliseconds. Default 0: it is aborted at once.
   * `Infinity` lets it run to its end.
   */
  readonly keepAliveMs?: number;
  /** Times the wait. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * One request for all who listen; a late one starts from the latest snapshot.
 *
 * Put it below a fold, whose values are snapshots. After the end the last snapshot and the end are replayed, an error
 * too: `shareReplay` would send the request again for whoever comes after an error. When the last listener leaves before
 * the end the request is aborted, and the next one begins anew; `keepAliveMs` gives a view the time to be built again.
 *
 * ```text
 * source:       -a-b-c|
 * 1st listener: -a-b-c|
 * 2nd, later:       bc|     begins with b
 * 3rd, after:           (c|)  no second request
 * ```
 *
 * @param options - How long to go on without listeners.
 * @returns An operator whose result is to be kept and subscribed to often: each use of the operator is a request of its own.
 *
 * @example One answer, drawn in two places
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
  return share({
    connector: () => new ReplaySubject<T>(1),
    resetOnError: false,
    resetOnComplete: false,
    resetOnRefCountZero: letGo(keepAliveMs, scheduler),
  });
}

function letGo(afterMs: number, scheduler: SchedulerLike): boolean | (() => Observable<unknown>) {
  if (!(afterMs > 0)) return true;
  return isFiniteDelay(afterMs) && (() => timer(afterMs, scheduler));
}
