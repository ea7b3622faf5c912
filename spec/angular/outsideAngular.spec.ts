import { appOf } from './injector';

import { BehaviorSubject, defer, NEVER, of, tap, throwError } from 'rxjs';

import { outsideAngular } from '../../lib/angular';
import { outcomeOf } from '../helpers/reads';
import { recordedZone } from './zone';

function zoneApp() {
  const { provider, isOutside } = recordedZone();
  return { outside: appOf([provider]).run(outsideAngular), isOutside };
}

describe('outsideAngular', () => {
  it('subscribes and emits outside the zone, also synchronously', () => {
    const { outside, isOutside } = zoneApp();
    const seen: unknown[] = [];
    defer(() => of(`subscribed ${isOutside() ? 'outside' : 'inside'}`))
      .pipe(outside)
      .subscribe((value) => seen.push(value, isOutside()));
    expect(seen).toEqual(['subscribed outside', true]);
    expect(isOutside()).toBe(false);
  });

  it('subscribes once per subscriber, and not before', () => {
    const { outside } = zoneApp();
    const subscribed = jest.fn(() => of('a'));
    const source$ = defer(subscribed).pipe(outside);
    expect(subscribed).not.toHaveBeenCalled();
    source$.subscribe();
    source$.subscribe();
    expect(subscribed).toHaveBeenCalledTimes(2);
  });

  it('completes and errors as its source does', () => {
    const { outside } = zoneApp();
    expect(outcomeOf(of('a', 'b').pipe(outside))).toEqual(outcomeOf(of('a', 'b')));
    const lost = new Error('lost');
    expect(outcomeOf(throwError(() => lost).pipe(outside))).toEqual(outcomeOf(throwError(() => lost)));
  });

  it('unsubscribes from its source, also during synchronous values', () => {
    const { outside } = zoneApp();
    const source$ = new BehaviorSubject('a');
    const subscription = source$.pipe(outside).subscribe();
    expect(source$.observed).toBe(true);
    subscription.unsubscribe();
    expect(source$.observed).toBe(false);
    expect(NEVER.pipe(outside, tap()).subscribe().closed).toBe(false);
  });

  it('returns the source itself without a zone', () => {
    const source$ = of('a');
    expect(source$.pipe(appOf([]).run(outsideAngular))).toBe(source$);
  });

  it('requires an injection context', () => {
    expect(outsideAngular).toThrow(/injection context/);
  });
});
