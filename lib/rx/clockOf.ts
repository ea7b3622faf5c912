import type { TimestampProvider } from 'rxjs';

/**
 * Returns a clock in milliseconds that goes with a scheduler, or another clock, and does not follow changes of the system time.
 *
 * RxJS's schedulers read `Date.now`, which an administrator, NTP or a resumed virtual machine can set back. In virtual time,
 * and for a scheduler with a clock of its own, that clock counts.
 */
export function clockOf(scheduler: TimestampProvider): () => number {
  const before = Date.now();
  const now = scheduler.now();
  const isSystemTime = before <= now && now <= Date.now();
  const { performance } = globalThis as { readonly performance?: { readonly now?: () => number } };
  return isSystemTime && performance?.now !== undefined
    ? performance.now.bind(performance)
    : () => scheduler.now();
}
