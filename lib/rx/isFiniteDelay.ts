/** The longest delay of timers, in milliseconds; a longer one fires at once. */
export const MAX_DELAY = 2 ** 31 - 1;

/** Returns whether a delay is set and not longer than timers allow. */
export const isFiniteDelay = (ms: number | undefined): ms is number => ms !== undefined && ms <= MAX_DELAY;
