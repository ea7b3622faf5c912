import fc from 'fast-check';
import { animationFrameScheduler, asapScheduler, VirtualTimeScheduler, type SchedulerLike } from 'rxjs';

import { Wait } from '../../lib/response/Wait';
import { ReadGate } from '../../lib/transport/ReadGate';
import { EventLoop } from '../helpers/EventLoop';

/** Runs a wait with activity at some times, and returns the time at which it is over. */
function overAt(
  ms: number | undefined,
  activity: readonly number[],
  clock: (frame: number) => number = (frame) => frame,
): number | undefined {
  const scheduler = new VirtualTimeScheduler();
  let over: number | undefined;
  const wait = new Wait(ms, () => (over = scheduler.frame), { scheduler, now: () => clock(scheduler.frame) });
  wait.start();
  for (const at of activity)
    scheduler.schedule(() => {
      if (over === undefined) wait.mark();
    }, at);
  scheduler.flush();
  return over;
}

/** Activity every 3 ms, of which the last is at 30. */
const steady = Array.from({ length: 10 }, (_, i) => 3 * (i + 1));

describe('Wait', () => {
  it.each([
    ['without activity', 5, [], 5],
    ['after the last activity', 5, [3, 6, 9], 14],
    ['of no time', 0, [], 0],
    ['of a negative time', -5, [], -5],
    ['shorter than a frame', 0.5, [], 0.5],
    ['without a limit', undefined, [], undefined],
    ['of Infinity', Infinity, [], undefined],
    ['of NaN', NaN, [], undefined],
    ['of more than timers allow', 2 ** 31, [], undefined],
    ['of as much as timers allow', 2 ** 31 - 1, [], 2 ** 31 - 1],
  ])('%s is over in time', (_, ms, activity, expected) => {
    expect(overAt(ms, activity)).toBe(expected);
  });

  it.each<[string, (frame: number) => number]>([
    ['stands still', () => 7],
    ['stands still from some time on', (frame) => Math.min(frame, 11)],
    ['is set back', (frame) => (frame < 11 ? frame : frame - 3_600_000)],
    ['is set forward', (frame) => (frame < 11 ? frame : frame + 3_600_000)],
    ['is set forward by little', (frame) => (frame < 11 ? frame : frame + 3)],
    ['runs at half the speed', (frame) => frame / 2],
    ['runs at twice the speed', (frame) => frame * 2],
  ])('ends after the activity, and does not wait much longer, with a clock that %s', (_, clock) => {
    const over = overAt(5, steady, clock) ?? Infinity;
    expect(over).toBeGreaterThan(30);
    expect(over).toBeLessThanOrEqual(30 + 4 * 5);
  });

  it('ends, however the clock jumps', () => {
    const jumps = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: -9_999, max: 9_999 })),
    );
    fc.assert(
      fc.property(jumps, (changes) => {
        const clock = (frame: number): number =>
          changes.reduce((time, [at, by]) => (frame >= at ? time + by : time), frame);
        const over = overAt(5, steady, clock);
        expect(over).toBeLessThanOrEqual(1_100);
      }),
    );
  });

  it('leaves a late timer as long again as it was late, a second at most, and once', () => {
    const overAfter = (late: number): number => {
      const loop = new EventLoop();
      let over = NaN;
      new Wait(50, () => (over = loop.frame), { scheduler: loop }).start();
      loop.schedule(() => loop.block(late), 50 - 1);
      loop.schedule(() => loop.block(late), 50 + 1);
      loop.flush();
      return over;
    };
    expect(overAfter(1)).toBe(50);
    // Late at 60, so until 70, but blocked until 71.
    expect(overAfter(11)).toBe(71);
    expect(overAfter(3_600_000)).toBe(49 + 2 * 3_600_000);
  });

  it.each<[string, (wait: Wait, gate: ReadGate) => void, number, number, number]>([
    ['after an activity', (wait) => wait.mark(), 114, 11, 125 + 10],
    ['at most the time of the wait, after an activity long ago', (wait) => wait.mark(), 69, 60, 129 + 50],
    ['after a pause', (_, gate) => gate.hold()(), 114, 11, 125 + 10],
  ])('leaves a timer that is late twice as long each time %s', (_, act, at, late, expected) => {
    const loop = new EventLoop();
    const gate = new ReadGate();
    let over = NaN;
    const wait = new Wait(50, () => (over = loop.frame), { scheduler: loop, gate });
    wait.start();
    loop.schedule(() => loop.block(11), 50 - 1);
    loop.schedule(() => act(wait, gate), 65);
    loop.schedule(() => loop.block(late), at);
    loop.flush();
    expect(over).toBe(expected);
  });

  it('is not counted while a gate is closed, and begins from the start when it opens', () => {
    const scheduler = new VirtualTimeScheduler();
    const gate = new ReadGate();
    let over = NaN;
    const release = gate.hold();
    new Wait(5, () => (over = scheduler.frame), { scheduler, gate }).start();
    scheduler.schedule(release, 20);
    scheduler.schedule(() => scheduler.schedule(gate.hold(), 10), 23);
    scheduler.flush();
    expect(over).toBe(38);
  });

  it('is never over after it has stopped, although the gate opens', () => {
    const scheduler = new VirtualTimeScheduler();
    const gate = new ReadGate();
    const onOver = jest.fn();
    const wait = new Wait(5, onOver, { scheduler, gate });
    wait.start();
    wait.stop();
    gate.hold()();
    scheduler.flush();
    expect(onOver).not.toHaveBeenCalled();
  });

  it('sets no timer if it has stopped before its start', () => {
    const scheduler = new VirtualTimeScheduler();
    const wait = new Wait(5, jest.fn(), { scheduler, gate: new ReadGate() });
    wait.stop();
    wait.start();
    expect(scheduler.actions).toEqual([]);
  });

  it.each<[string, SchedulerLike]>([
    ['animationFrameScheduler', animationFrameScheduler],
    ['asapScheduler', asapScheduler],
  ])('runs with %s', async (_, scheduler) => {
    const over = new Promise<void>((resolve) => new Wait(5, resolve, { scheduler }).start());
    await expect(over).resolves.toBeUndefined();
  });

  it.each([
    ['is missing', undefined],
    ['stands still', { now: () => 17 }],
  ])('ends when performance %s', async (_, performance) => {
    const replaced = jest.replaceProperty(globalThis, 'performance', performance as never);
    try {
      const over = new Promise<void>((resolve) => {
        const wait = new Wait(20, resolve);
        wait.start();
        wait.mark();
      });
      await expect(over).resolves.toBeUndefined();
    } finally {
      replaced.restore();
    }
  });
});
