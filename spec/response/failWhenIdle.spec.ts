import { Subject } from 'rxjs';

import { ChatTimeoutError } from '../../lib/errors';
import { clockOf } from '../../lib/response/clockOf';
import { failWhenIdle } from '../../lib/response/failWhenIdle';
import { ReadGate } from '../../lib/transport/ReadGate';
import { asyncScheduler } from 'rxjs';
import { marbles } from '../helpers/marbles';

const idle = new ChatTimeoutError('idle', 4);

describe('failWhenIdle', () => {
  it.each([
    ['before the first value, for any time', '-------a|', '-------a|'],
    ['after a gap', '---a-b-------c|', '---a-b---#'],
    ['after the first value', '-a------', '-a---#'],
    ['never, if each gap is shorter', '-a--b--c--d--|', '-a--b--c--d--|'],
    ['never after the end', '-a|', '-a|'],
    ['never after an error', '-a#', '-a#'],
    ['from the latest of several values in a frame', '-(ab)-----', '-(ab)#'],
  ])('errors %s', (_, source, expected) => {
    marbles(({ cold, expectObservable }) => {
      const error = source.includes('#') ? 'error' : idle;
      expectObservable(cold(source).pipe(failWhenIdle({ ms: 4 }))).toBe(expected, undefined, error);
    });
  });

  it('unsubscribes from the source', () => {
    marbles(({ cold, expectSubscriptions, expectObservable }) => {
      const source$ = cold('-a-------');
      expectObservable(source$.pipe(failWhenIdle({ ms: 4 }))).toBe('-a---#', undefined, idle);
      expectSubscriptions(source$.subscriptions).toBe('^----!');
    });
  });

  it('counts from the subscription with `immediate`', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('------a').pipe(failWhenIdle({ ms: 4, immediate: true }))).toBe(
        '----#',
        undefined,
        idle,
      );
    });
  });

  it('counts only activity', () => {
    marbles(({ cold, expectObservable }) => {
      const isActivity = (value: string): boolean => value === 'a';
      expectObservable(cold('-a-b--b-b').pipe(failWhenIdle({ ms: 4, isActivity }))).toBe(
        '-a-b-#',
        undefined,
        idle,
      );
    });
  });

  it('does not count while a gate is closed', () => {
    marbles(({ cold, expectObservable }) => {
      const gate = new ReadGate();
      cold('--h------r').subscribe((letter) => {
        if (letter === 'h') release = gate.hold();
        else release();
      });
      let release = (): void => undefined;
      expectObservable(cold('-a-----------------').pipe(failWhenIdle({ ms: 4, gate }))).toBe(
        '-a-----------#',
        undefined,
        idle,
      );
    });
  });
});

describe('the clock of a wait', () => {
  it('does not follow the system time', () => {
    const now = jest.spyOn(Date, 'now');
    try {
      const clock = clockOf(asyncScheduler);
      const before = clock();
      now.mockReturnValue(0);
      expect(Math.abs(clock() - before)).toBeLessThan(60_000);
    } finally {
      now.mockRestore();
    }
  });

  it('is virtual in virtual time', () => {
    marbles(({ cold, expectObservable }) => {
      const clock = clockOf(asyncScheduler);
      const times: number[] = [];
      const source$ = new Subject<string>();
      source$.subscribe(() => times.push(clock()));
      cold('---a 1s b').subscribe(source$);
      expectObservable(cold('2s (z|)').pipe()).toBe('2s (z|)');
      setTimeout(() => expect(times).toEqual([3, 1_004]), 0);
    });
  });

  it.each([
    ['set back', -3_600_000],
    ['set forward', 3_600_000],
    ['stopped', 0],
  ])('ends a wait in time when the system clock is %s', async (_, by) => {
    const real = Date.now;
    const source$ = new Subject<string>();
    const ended = new Promise<unknown>((resolve) => {
      source$.pipe(failWhenIdle({ ms: 50 })).subscribe({ error: resolve });
    });
    source$.next('a');
    source$.next('b');
    const frozen = real();
    Date.now = () => (by === 0 ? frozen : real() + by);
    try {
      expect(await ended).toEqual(new ChatTimeoutError('idle', 50));
    } finally {
      Date.now = real;
    }
  });
});
