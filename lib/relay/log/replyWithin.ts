import type { MonoTypeOperatorFunction, SchedulerLike } from 'rxjs';

import { inTime } from '../inTime';

/** Milliseconds that a log may take while a reader waits for it. Shorter than a heartbeat, which sends the head of the response. */
export const LONGEST_REPLY_MS = 10_000;

/** Errors if a log does not complete a request in time. Without it, a reader or a process would wait for a log that does not reply. */
export const replyWithin = <T>(ms: number, scheduler?: SchedulerLike): MonoTypeOperatorFunction<T> =>
  inTime(ms, () => new Error(`the log did not reply within ${ms} ms: check its storage`), scheduler);
