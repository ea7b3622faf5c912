import type { Subscriber } from 'rxjs';

import { ChatTimeoutError, type TimeoutPhase } from '../errors';
import { Wait, type WaitOptions } from './Wait';

/**
 * Creates a wait that errors a subscriber once it is over, and stops with the subscriber.
 *
 * @param ms - Milliseconds without activity; `undefined` or `Infinity` for no limit.
 * @param failure - Returns the error.
 */
export function failingWait(
  subscriber: Subscriber<never>,
  ms: number | undefined,
  failure: () => Error,
  options: WaitOptions,
): Wait {
  const wait = new Wait(ms, () => subscriber.error(failure()), options);
  subscriber.add(() => wait.stop());
  return wait;
}

/**
 * Creates a wait that errors a subscriber with {@link ChatTimeoutError}.
 *
 * @param ms - Milliseconds without activity; `undefined` or `Infinity` for no limit.
 * @param message - The message of the error. Default: that of the phase.
 */
export const timeLimit = (
  subscriber: Subscriber<never>,
  phase: TimeoutPhase,
  ms: number | undefined,
  options: WaitOptions,
  message?: string,
): Wait => failingWait(subscriber, ms, () => new ChatTimeoutError(phase, ms ?? Infinity, message), options);
