import { map, of, takeWhile, timer, type Observable, type SchedulerLike } from 'rxjs';

import type { PlannedRetry } from '../operators/resilience/retryChat';
import { clockOf } from '../rx/clockOf';

/** A retry, and the rest of the wait before it. */
export interface PendingRetry {
  readonly planned: PlannedRetry;
  readonly remainingMs: number;
}

/** Milliseconds between two updates. */
const UPDATE_MS = 250;

/**
 * Counts down to a retry; emits `null` when none is planned.
 *
 * Goes by the clock, because the timers of a hidden tab fire late. Stops at 0 until the attempt begins.
 */
export function retryCountdown$(
  planned: PlannedRetry | null,
  scheduler: SchedulerLike,
): Observable<PendingRetry | null> {
  if (planned === null) return of(null);
  const now = clockOf(scheduler);
  const at = now() + planned.delayMs;
  return timer(0, UPDATE_MS, scheduler).pipe(
    map(() => ({ planned, remainingMs: Math.max(at - now(), 0) })),
    takeWhile(({ remainingMs }) => remainingMs > 0, true),
  );
}
