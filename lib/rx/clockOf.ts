import type { TimestampProvider } from 'rxjs';

const SystemDate = Date;

/**
 * Returns a clock in milliseconds that goes with a scheduler, or another clock, and does not follow changes of the system time.
 *
 * RxJS's schedulers read `Date.now`, which an administrator, NTP or a resumed virtual machine can set back. In virtual time,
 * for a scheduler with a clock of its own, and with fake timers, that clock counts: `fakeAsync` of Angular and `node:test` replace
 * `Date`, and leave `performance` as it is.
 */
export function clockOf(scheduler: TimestampProvider): () => number {
  const before = Date.now();
  const now = scheduler.now();
  const isSystemTime = before <= now && now <= Date.now() && Date === SystemDate;
  const { performance = scheduler } = globalThis as { readonly performance?: TimestampProvider };
  const clock = isSystemTime ? performance : scheduler;
  return () => clock.now();
}
