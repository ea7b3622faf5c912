import { inject, NgZone, untracked } from '@angular/core';

/**
 * Returns a function that runs work outside Angular's zone, where there is one, and outside the effect or computed it is called in.
 *
 * An effect that sends must not run, and send, again at each token of the answer.
 */
export function detachedFromApp(): <T>(work: () => T) => T {
  // An injector without an app has none.
  const zone = inject(NgZone, { optional: true });
  return (work) => untracked(() => (zone ? zone.runOutsideAngular(work) : work()));
}
