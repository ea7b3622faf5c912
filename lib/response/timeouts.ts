import { identity, Observable, takeUntil, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';

import type { TimeoutPhase } from '../errors';
import { isFiniteDelay } from '../rx/isFiniteDelay';
import { timeLimit } from './timeLimit';

/** Errors with {@link ChatTimeoutError} after a time; never for `undefined` and `Infinity`. */
export const after$ = (
  phase: TimeoutPhase,
  ms: number | undefined,
  scheduler?: SchedulerLike,
  message?: string,
): Observable<never> =>
  new Observable((subscriber) => timeLimit(subscriber, phase, ms, { scheduler }, message).start());

/** Errors with {@link ChatTimeoutError} if the source does not end in time. */
export const failAfter = <T>(
  phase: TimeoutPhase,
  ms: number | undefined,
  scheduler?: SchedulerLike,
): MonoTypeOperatorFunction<T> => (isFiniteDelay(ms) ? takeUntil(after$(phase, ms, scheduler)) : identity);
