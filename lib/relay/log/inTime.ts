import { map, takeUntil, timer, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';

/** Milliseconds that a log may take while a reader waits for it. Shorter than a heartbeat, which sends the head of the response. */
export const LONGEST_REPLY_MS = 10_000;

/**
 * Errors if a log does not complete a request in time. Without it, a reader or a process would wait for a log that does not reply.
 *
 * @param ms - Milliseconds from the subscription to the end.
 */
export const inTime = <T>(ms: number, scheduler?: SchedulerLike): MonoTypeOperatorFunction<T> =>
  takeUntil(
    timer(ms, scheduler).pipe(
      map(() => {
        throw new Error(`the log did not reply within ${ms} ms: check its storage`);
      }),
    ),
  );
