import { defer, map, of, type Observable } from 'rxjs';

import { AbortedError } from '../errors';
import { onAbort } from '../rx/onAbort';

/** Errors with {@link AbortedError} once a signal is aborted. */
export const abortedBy = (signal: AbortSignal): Observable<never> =>
  defer(() => (signal.aborted ? of(true) : onAbort(signal))).pipe(
    map(() => {
      throw new AbortedError({ cause: signal.reason });
    }),
  );
