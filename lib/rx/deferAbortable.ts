import { defer, tap, type Observable, type ObservableInput } from 'rxjs';

/** Like `defer`, and passes a signal that unsubscribing before the end aborts: for `fetch` and other promises. */
export const deferAbortable = <T>(create: (signal: AbortSignal) => ObservableInput<T>): Observable<T> =>
  defer(() => {
    const controller = new AbortController();
    return defer(() => create(controller.signal)).pipe(tap({ unsubscribe: () => controller.abort() }));
  });
