import { fromEvent, share, type Observable } from 'rxjs';

const abortOf = new WeakMap<AbortSignal, Observable<unknown>>();

/**
 * Emits when a signal aborts.
 *
 * All subscribers of one signal share a listener, since Node warns of a leak at the eleventh. A signal that has aborted before never
 * emits.
 */
export function onAbort(signal: AbortSignal): Observable<unknown> {
  const shared$ = abortOf.get(signal) ?? fromEvent(signal, 'abort').pipe(share());
  abortOf.set(signal, shared$);
  return shared$;
}
