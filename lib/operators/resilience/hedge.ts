import {
  asyncScheduler,
  filter,
  Observable,
  Subject,
  Subscription,
  takeUntil,
  type SchedulerLike,
} from 'rxjs';

import { isFiniteDelay } from '../../rx/isFiniteDelay';

/** Who has won when the result is let go of: no candidate. */
const NOBODY = -1;

/** What {@link hedge$} can be told. */
export interface HedgeOptions {
  /**
   * How long a candidate may be silent before the next one starts too, in milliseconds; `Infinity` lets the next one start
   * only when one fails.
   */
  readonly after: number;
  /** Times the waits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Asks one after the other until one speaks; the first to emit wins, and the others are let go.
 *
 * The next candidate starts when the last one started has been silent for `after`, or at once when one fails. A
 * failure never wins, unlike in RxJS's `race`; only when all have failed the result errors.
 *
 * ```text
 * a:                            -----------x-y|
 * b:                            -p-q|
 * hedge$([a, b], { after: 4 }): -----p-q|           a is let go when p comes
 * ```
 *
 * @param candidates - In order of preference; each is subscribed to once at most.
 * @param options - How long to wait for each.
 * @returns A cold Observable that errors with the error of the candidate that failed last. A candidate that completes
 * without a value completes it; without candidates it completes at once.
 *
 * @example
 * ```ts
 * import { chatCompletion$, hedge$, type ChatRequest } from 'rxjs-chat-completions';
 *
 * const request: ChatRequest = { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] };
 * const near$ = chatCompletion$({}, request);
 * const far$ = chatCompletion$({ baseURL: 'https://llm.example.com/v1', apiKey: 'key' }, request);
 * hedge$([near$, far$], { after: 1_500 });
 * ```
 */
export function hedge$<T>(
  candidates: ReadonlyArray<Observable<T>>,
  { after, scheduler = asyncScheduler }: HedgeOptions,
): Observable<T> {
  return new Observable<T>((subscriber) => {
    const won$ = new Subject<number>();
    let winner: number | undefined;
    let started = 0;
    let failed = 0;
    let wait = Subscription.EMPTY;
    // Lets go of all, also of one that emits while it is being subscribed to.
    subscriber.add(() => won$.next(NOBODY));
    if (subscriber.closed) return;

    const startNext = (): void => {
      wait.unsubscribe();
      const index = started++;
      const candidate$ = candidates[index];
      if (candidate$ === undefined) return;
      if (started < candidates.length && isFiniteDelay(after)) {
        wait = scheduler.schedule(startNext, after);
        subscriber.add(wait);
      }
      candidate$.pipe(takeUntil(won$.pipe(filter((other) => other !== index)))).subscribe({
        next: (value) => {
          if (winner === undefined) {
            winner = index;
            wait.unsubscribe();
            won$.next(index);
          }
          subscriber.next(value);
        },
        error: (error: unknown) => {
          failed += 1;
          if (winner === index || failed === candidates.length) subscriber.error(error);
          else if (started < candidates.length) startNext();
        },
        complete: () => {
          // The losers complete too, when they are let go of.
          if (winner === undefined || winner === index) subscriber.complete();
        },
      });
    };

    if (candidates.length === 0) subscriber.complete();
    else startNext();
  });
}
