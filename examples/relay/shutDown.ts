import type { Server } from 'node:http';

import { filter, firstValueFrom, type Observable } from 'rxjs';

/** Options for {@link shutDown}. */
export interface ShutDownOptions {
  /** The number of answers that are written to the log. */
  readonly writing$: Observable<number>;
  /** Fails the answers that still run. */
  readonly fail: () => void;
  /** Milliseconds that they may take before that. */
  readonly graceMs: number;
}

/** Closes a server when its answers have ended, also those that have no reader and are written to the log. */
export async function shutDown(server: Server, { writing$, fail, graceMs }: ShutDownOptions): Promise<void> {
  const timers = [
    setTimeout(fail, graceMs),
    // For clients that do not read, and for those that read an answer of another process.
    setTimeout(() => server.closeAllConnections(), graceMs + 1_000),
  ];
  await new Promise((resolve) => server.close(resolve)); // Waits for the responses.
  await firstValueFrom(writing$.pipe(filter((count) => count === 0)), { defaultValue: 0 });
  for (const timer of timers) clearTimeout(timer);
}
