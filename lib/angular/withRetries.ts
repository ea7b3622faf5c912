import type { Observable } from 'rxjs';

import { retryChat, type RetryOptions } from '../operators/resilience/retryChat';

/** Retries a call as the options require. Only a stream of chunks has output that `restart` applies to. */
export const withRetries = <T>(call$: Observable<T>, retry: RetryOptions | null): Observable<T> =>
  retry ? call$.pipe(retryChat(retry)) : call$;
