import { of } from 'rxjs';

/**
 * Calls a callback of the app in a teardown. An error that it throws is reported as unhandled, as RxJS does for a `next` handler.
 *
 * RxJS drops an error that a teardown throws, and the operators below do not continue: `concat` does not start its next source, and
 * a fold below `takeUntil` does not emit its end.
 *
 * @param callback - The callback.
 */
export function callInTeardown(callback: () => void): void {
  // eslint-disable-next-line rxjs-x/no-ignored-error -- `of` does not error
  of(undefined).subscribe(callback);
}
