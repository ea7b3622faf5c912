import { defer, fromEvent, map, of, type Observable } from 'rxjs';

import { AbortedError } from '../errors';

/** Errors with {@link AbortedError} once a signal is aborted. */
export const abortedBy = (signal: AbortSignal): Observable<never> =>
  defer(() => (signal.aborted ? of(true) : fromEvent(signal, 'abort'))).pipe(
    map(() => {
      throw new AbortedError(signal.reason);
    }),
  );
