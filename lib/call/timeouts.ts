import {
  asyncScheduler,
  connect,
  identity,
  map,
  merge,
  NEVER,
  takeUntil,
  throwError,
  timeout,
  timer,
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerLike,
} from 'rxjs';

import { ChatTimeoutError, type TimeoutPhase } from '../errors';
import { whileOpen } from '../response/whileOpen';
import { isFiniteDelay } from '../rx/isFiniteDelay';
import type { ReadGate } from '../transport/ReadGate';

/** Time limits of a stream, in milliseconds; absent or `Infinity` for no limit. */
export interface TimeoutOptions {
  /** Until the first event. */
  readonly first?: number;
  /** Between one activity and the next, after the first event. */
  readonly idle?: number;
  /** From the subscription to the end. */
  readonly total?: number;
  /** Times the waits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** Errors with {@link ChatTimeoutError} after a time; never for `undefined` and `Infinity`. */
export const after$ = (
  phase: TimeoutPhase,
  ms: number | undefined,
  scheduler: SchedulerLike = asyncScheduler,
): Observable<never> =>
  isFiniteDelay(ms)
    ? timer(ms, scheduler).pipe(
        map(() => {
          throw new ChatTimeoutError(phase, ms);
        }),
      )
    : NEVER;

/** Errors with {@link ChatTimeoutError} if the source does not end in time. */
export const failAfter = <T>(
  phase: TimeoutPhase,
  ms: number | undefined,
  scheduler?: SchedulerLike,
): MonoTypeOperatorFunction<T> => (isFiniteDelay(ms) ? takeUntil(after$(phase, ms, scheduler)) : identity);

/** Errors with {@link ChatTimeoutError} if the first value does not arrive in time; time while the gate is closed does not count. */
export function failWithoutFirst<T>(
  phase: TimeoutPhase,
  ms: number | undefined,
  { gate, scheduler }: { readonly gate?: ReadGate; readonly scheduler?: SchedulerLike } = {},
): MonoTypeOperatorFunction<T> {
  if (!isFiniteDelay(ms)) return identity;
  if (gate === undefined) {
    return timeout({ first: ms, scheduler, with: () => throwError(() => new ChatTimeoutError(phase, ms)) });
  }
  return connect((value$) =>
    merge(value$, whileOpen(gate, after$(phase, ms, scheduler)).pipe(takeUntil(value$))),
  );
}
