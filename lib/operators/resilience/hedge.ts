import {
  asyncScheduler,
  filter,
  isObservable,
  Observable,
  Subject,
  Subscription,
  takeUntil,
  type SchedulerLike,
} from 'rxjs';

import { RequestError } from '../../errors';
import { isFiniteDelay } from '../../rx/isFiniteDelay';
import { failWhenEmpty, type EmptyPolicy } from './failWhenEmpty';
import { holdUntilOutput } from './holdUntilOutput';

/** Index that stops every candidate, at unsubscription. */
const NONE = -1;

/** Options for {@link hedge$}. */
export interface HedgeOptions {
  /**
   * Milliseconds without output before the next candidate starts too. With `Infinity` the next one starts only when one
   * fails.
   */
  readonly after: number;
  /**
   * Treatment of an answer that ends without any output: `'complete'` lets it win, `'fail'` turns it into a
   * {@link TruncatedError}, so that another candidate may win. Default `'complete'`.
   */
  readonly onEmpty?: EmptyPolicy;
  /** Schedules the waits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Subscribes to one candidate after another until one has output; that one wins, and the others are unsubscribed.
 *
 * The next candidate starts when the last one started has had no output for `after`, or at once when one fails. A chunk
 * without output, such as the role, is held back and emitted if its candidate wins, so the chunks of the winner are
 * complete. For values that are not chunks, any value is output.
 *
 * ```text
 * a:                            -----------x-y|
 * b:                                -p-q|
 * hedge$([a, b], { after: 4 }): -----p-q|           unsubscribes from a at p
 * ```
 *
 * A failure never wins, unlike in RxJS's `race`: the result errors only when all candidates have failed.
 *
 * ```text
 * a:                            -#
 * b:                            --p-q|
 * race(a, b):                   -#                  wrong: the early error wins
 * hedge$([a, b], { after: 4 }): ---p-q|             right: b starts at the error
 * ```
 *
 * @param candidates - In order of preference; each is subscribed to once at most.
 * @param options - The time to wait for each candidate.
 * @returns A cold Observable that errors with the error of the candidate that failed last. A candidate that completes
 * without output completes it, unless `onEmpty` is `'fail'`; without candidates it completes at once.
 * @throws RequestError if the candidates are not a list, as those of `race` may be in JavaScript.
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
  { after, onEmpty, scheduler = asyncScheduler }: HedgeOptions,
): Observable<T> {
  if (isObservable(candidates))
    throw new RequestError('candidates must be a list: hedge$([a$, b$], { after: 1_500 })');
  return new Observable<T>((subscriber) => {
    const won$ = new Subject<number>();
    let winner: number | undefined;
    let started = 0;
    let failed = 0;
    let wait = Subscription.EMPTY;
    // Stops every candidate, including one that emits while it is being subscribed to.
    subscriber.add(() => won$.next(NONE));
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
      const isOther$ = won$.pipe(filter((other) => other !== index));
      // Values before the first output belong to the result only if this candidate wins.
      candidate$.pipe(failWhenEmpty(onEmpty), holdUntilOutput(), takeUntil(isOther$)).subscribe({
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
          else startNext();
        },
        complete: () => {
          // The losers complete too, when they are stopped.
          if (winner === undefined || winner === index) subscriber.complete();
        },
      });
    };

    if (candidates.length === 0) subscriber.complete();
    else startNext();
  });
}
