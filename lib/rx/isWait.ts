/** The longest wait that timers know; a longer one would end at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Whether a limit is one: absent, `Infinity` and what no timer can wait for are none. */
export const isWait = (ms: number | undefined): ms is number => ms !== undefined && ms <= LONGEST_TIMER;
