import { noop, Subscription } from 'rxjs';

import type { ReadGate } from '../transport/ReadGate';

/**
 * Runs a wait while a gate is open, and from the start each time it opens: a consumer that pauses is not a slow server.
 *
 * @param begin - Starts the wait. Unsubscribing from its result ends it.
 * @returns A subscription that ends the wait.
 */
export function whileOpen(gate: ReadGate | undefined, begin: () => Subscription): Subscription {
  if (gate === undefined) return begin();
  let wait = gate.isOpen ? begin() : Subscription.EMPTY;
  const changes = gate.isOpen$.subscribe({
    next: (isOpen) => {
      wait.unsubscribe();
      if (isOpen) wait = begin();
    },
    error: noop, // It never errors.
  });
  changes.add(() => wait.unsubscribe());
  return changes;
}
