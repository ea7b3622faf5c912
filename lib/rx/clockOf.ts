import type { TimestampProvider } from 'rxjs';

/**
 * Returns a clock in milliseconds that goes with a scheduler, or another clock, and does not follow changes of the system time.
 *
 * RxJS's schedulers read `Date.now`, which an administrator, NTP or a resumed virtual machine can set back. In virtual time,
 * for a scheduler with a clock of its own, and with fake timers, that clock counts: `fakeAsync` of Angular and `node:test` fake
 * `Date.now` without `performance`.
 */
export function clockOf(scheduler: TimestampProvider): () => number {
  const before = Date.now();
  const now = scheduler.now();
  const isFake = !String(Date.now).includes('[native code]');
  const isSystemTime = !isFake && before <= now && now <= Date.now();
  const { performance } = globalThis as { readonly performance?: { readonly now?: () => number } };
  return isSystemTime && performance?.now !== undefined
    ? performance.now.bind(performance)
    : () => scheduler.now();
}
