import type { Subscriber } from 'rxjs';

import { ChatTimeoutError, type TimeoutPhase } from '../errors';
import { Wait, type WaitOptions } from './Wait';

/**
 * Creates a wait that errors a subscriber with {@link ChatTimeoutError} once it is over, and stops with the subscriber.
 *
 * @param ms - Milliseconds without activity; `undefined` or `Infinity` for no limit.
 * @param message - The message of the error. Default: that of the phase.
 */
export function timeLimit(
  subscriber: Subscriber<never>,
  phase: TimeoutPhase,
  ms: number | undefined,
  options: WaitOptions,
  message?: string,
): Wait {
  const fail = (): void => subscriber.error(new ChatTimeoutError(phase, ms ?? Infinity, message));
  const wait = new Wait(ms, fail, options);
  subscriber.add(() => wait.stop());
  return wait;
}
