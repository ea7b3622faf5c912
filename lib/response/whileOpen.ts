import { defer, NEVER, startWith, switchMap, type Observable } from 'rxjs';

import type { ReadGate } from '../transport/ReadGate';

/** Subscribes to a wait while a gate is open, and from the start each time it opens: a consumer that pauses is not a slow server. */
export const whileOpen = (gate: ReadGate | undefined, wait$: Observable<never>): Observable<never> =>
  gate === undefined
    ? wait$
    : defer(() => gate.isOpen$.pipe(startWith(gate.isOpen))).pipe(
        switchMap((isOpen) => (isOpen ? wait$ : NEVER)),
      );
