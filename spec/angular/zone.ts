import { NgZone, type Provider } from '@angular/core';

/** A zone that knows whether code runs outside of it. */
export function recordedZone(): { readonly provider: Provider; readonly isOutside: () => boolean } {
  let depth = 0;
  const runOutsideAngular = <T>(work: () => T): T => {
    depth += 1;
    try {
      return work();
    } finally {
      depth -= 1;
    }
  };
  return { provider: { provide: NgZone, useValue: { runOutsideAngular } }, isOutside: () => depth > 0 };
}
