import {
  asyncScheduler,
  defer,
  EMPTY,
  expand,
  ignoreElements,
  merge,
  switchMap,
  takeUntil,
  throwError,
  timer,
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerLike,
} from 'rxjs';

import { ChatTimeoutError } from '../errors';
import { isFiniteDelay } from '../rx/isFiniteDelay';
import type { ActivityTracker, Stage } from './ActivityTracker';

/** How long a stream may take; all in milliseconds, absent or `Infinity` for as long as it likes. */
export interface TimeoutOptions {
  /** Until the first event. */
  readonly first?: number;
  /** Between one sign of life and the next, after the first event. */
  readonly idle?: number;
  /** From the subscription to the end. */
  readonly total?: number;
  /** Times the waits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** How long a whole call may take. */
interface CallTimeoutOptions extends TimeoutOptions {
  /** For the key, and from the request until the head. */
  readonly head?: number;
}

/**
 * Fails a call or a stream that has gone quiet, by what is known of its signs of life.
 *
 * A sign of life costs the reading of a clock and no timer: one timer looks now and then whether its time has come.
 * Nothing looks while nothing is waited for: in virtual time such a timer would go on for ever.
 */
export function failWhenIdle<T>(
  { head, first, idle, total, scheduler = asyncScheduler }: CallTimeoutOptions,
  life: ActivityTracker,
): MonoTypeOperatorFunction<T> {
  const after = (phase: ChatTimeoutError['phase'], ms: number | undefined): Observable<never> => {
    if (!isFiniteDelay(ms)) return EMPTY;
    const wait = (): Observable<0> => timer(life.left(phase, ms), scheduler);
    return defer(wait).pipe(
      expand(() => (life.left(phase, ms) > 0 ? wait() : throwError(() => new ChatTimeoutError(phase, ms)))),
      ignoreElements(),
    );
  };
  const waitFor = (what: Stage | 'consumer'): Observable<never> => {
    switch (what) {
      case 'key':
        return after('head', head);
      case 'head':
        return isFiniteDelay(first) && first < (head ?? Infinity)
          ? after('first', first)
          : after('head', head);
      case 'first':
        return after('first', first);
      case 'idle':
        return after('idle', idle);
      case 'consumer':
        return EMPTY;
    }
  };
  return takeUntil(merge(life.waitedFor$.pipe(switchMap(waitFor)), after('total', total)));
}
