import { noop, of } from 'rxjs';

/**
 * Calls a callback of the app that must not end the stream. An error that it throws is reported as unhandled, as RxJS does for a
 * `next` handler.
 *
 * In a teardown RxJS drops an error, and the operators below do not continue: `concat` does not start its next source, and a fold
 * below `takeUntil` does not emit its end.
 *
 * @param callback - The callback.
 */
export function callIsolated(callback: () => void): void {
  of(undefined).subscribe({ next: callback, error: noop }); // It never errors.
}
