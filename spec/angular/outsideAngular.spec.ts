import { appOf } from './injector';

import { NgZone } from '@angular/core';
import { BehaviorSubject, defer, NEVER, of, tap, throwError } from 'rxjs';

import { outsideAngular } from '../../lib/angular';
import { outcomeOf } from '../helpers/reads';

/** A zone that knows whether it has been left. */
function zoneApp() {
  let depth = 0;
  const runOutsideAngular = <T>(work: () => T): T => {
    depth += 1;
    try {
      return work();
    } finally {
      depth -= 1;
    }
  };
  const app = appOf([{ provide: NgZone, useValue: { runOutsideAngular } }]);
  return { outside: app.run(outsideAngular), isOutside: () => depth > 0 };
}

describe('outsideAngular', () => {
  it('subscribes outside the zone, and passes on there what comes at once', () => {
    const { outside, isOutside } = zoneApp();
    const seen: unknown[] = [];
    defer(() => of(`subscribed ${isOutside() ? 'outside' : 'inside'}`))
      .pipe(outside)
      .subscribe((value) => seen.push(value, isOutside()));
    expect(seen).toEqual(['subscribed outside', true]);
    expect(isOutside()).toBe(false);
  });

  it('subscribes for each that subscribes, and not before', () => {
    const { outside } = zoneApp();
    const subscribed = jest.fn(() => of('a'));
    const source$ = defer(subscribed).pipe(outside);
    expect(subscribed).not.toHaveBeenCalled();
    source$.subscribe();
    source$.subscribe();
    expect(subscribed).toHaveBeenCalledTimes(2);
  });

  it('completes and fails as its source does', () => {
    const { outside } = zoneApp();
    expect(outcomeOf(of('a', 'b').pipe(outside))).toEqual(outcomeOf(of('a', 'b')));
    const lost = new Error('lost');
    expect(outcomeOf(throwError(() => lost).pipe(outside))).toEqual(outcomeOf(throwError(() => lost)));
  });

  it('lets go of its source, also in the middle of what comes at once', () => {
    const { outside } = zoneApp();
    const source$ = new BehaviorSubject('a');
    const subscription = source$.pipe(outside).subscribe();
    expect(source$.observed).toBe(true);
    subscription.unsubscribe();
    expect(source$.observed).toBe(false);
    expect(NEVER.pipe(outside, tap()).subscribe().closed).toBe(false);
  });

  it('is the source itself where there is no zone', () => {
    const source$ = of('a');
    expect(source$.pipe(appOf([]).run(outsideAngular))).toBe(source$);
  });

  it('is for an injection context', () => {
    expect(outsideAngular).toThrow(/injection context/);
  });
});
