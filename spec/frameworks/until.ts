import { setTimeout } from 'node:timers/promises';

/** Waits for a condition. */
export async function until(condition: () => boolean | PromiseLike<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(5);
}
