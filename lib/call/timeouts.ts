import {
  asyncScheduler,
  identity,
  NEVER,
  Observable,
  takeUntil,
  throwError,
  timeout,
  type MonoTypeOperatorFunction,
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
    ? new Observable((subscriber) =>
        scheduler.schedule(() => subscriber.error(new ChatTimeoutError(phase, ms)), ms),
      )
    : NEVER;

/** Errors with {@link ChatTimeoutError} if the source does not end in time. */
export const failAfter = <T>(
  phase: TimeoutPhase,
  ms: number | undefined,
  scheduler?: SchedulerLike,
): MonoTypeOperatorFunction<T> => (isFiniteDelay(ms) ? takeUntil(after$(phase, ms, scheduler)) : identity);

/**
 * Errors with {@link ChatTimeoutError} if a notifier does not emit in time; time while the gate is closed does not count.
 *
 * A value of the source costs nothing more.
 *
 * @param arrived$ - Emits at what is awaited. Subscribed to before the source.
 */
export const failUnless = <T>(
  arrived$: Observable<unknown>,
  phase: TimeoutPhase,
  ms: number | undefined,
  { gate, scheduler }: { readonly gate?: ReadGate; readonly scheduler?: SchedulerLike } = {},
): MonoTypeOperatorFunction<T> =>
  isFiniteDelay(ms)
    ? takeUntil(whileOpen(gate, after$(phase, ms, scheduler)).pipe(takeUntil(arrived$)))
    : identity;

/** Errors with {@link ChatTimeoutError} if the first value does not arrive in time. */
export const failWithoutFirst = <T>(
  phase: TimeoutPhase,
  ms: number | undefined,
  scheduler?: SchedulerLike,
): MonoTypeOperatorFunction<T> =>
  isFiniteDelay(ms)
    ? timeout({ first: ms, scheduler, with: () => throwError(() => new ChatTimeoutError(phase, ms)) })
    : identity;
