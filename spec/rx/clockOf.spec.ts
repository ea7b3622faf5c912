import { asyncScheduler, Subject, VirtualTimeScheduler } from 'rxjs';

import { ChatTimeoutError } from '../../lib/errors';
import { clockOf } from '../../lib/rx/clockOf';
import { failWhenIdle } from '../../lib/response/failWhenIdle';
import { marbles } from '../helpers/marbles';

describe('clockOf', () => {
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

  it('is the clock of a scheduler with its own time', () => {
    const scheduler = new VirtualTimeScheduler();
    const clock = clockOf(scheduler);
    const times: number[] = [];
    for (const at of [3, 1_004]) scheduler.schedule(() => times.push(clock()), at);
    scheduler.flush();
    expect(times).toEqual([3, 1_004]);
  });

  it('is virtual in virtual time', () => {
    const times: number[] = [];
    marbles(({ cold, flush }) => {
      const clock = clockOf(asyncScheduler);
      cold('---a 1s b').subscribe(() => times.push(clock()));
      flush();
    });
    expect(times).toEqual([3, 1_004]);
  });

  it.each<[string, Parameters<typeof jest.useFakeTimers>[0]]>([
    ['all clocks', {}],
    ['`Date` without `performance`', { doNotFake: ['performance'] }],
  ])('is that of fake timers that fake %s', (_, config) => {
    jest.useFakeTimers(config);
    try {
      const clock = clockOf(asyncScheduler);
      const before = clock();
      jest.advanceTimersByTime(1_004);
      expect(clock() - before).toBe(1_004);
    } finally {
      jest.useRealTimers();
    }
  });

  it.each([
    ['set back', -3_600_000],
    ['set forward', 3_600_000],
    ['stopped', 0],
  ])('lets a wait end in time when the system clock is %s', async (_, by) => {
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
