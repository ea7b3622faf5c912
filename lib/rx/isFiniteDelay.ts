/** The longest wait that timers know; a longer one would end at once. */
const MAX_DELAY = 2 ** 31 - 1;

/** Whether a limit is one: absent, `Infinity` and what no timer can wait for are none. */
export const isFiniteDelay = (ms: number | undefined): ms is number => ms !== undefined && ms <= MAX_DELAY;
