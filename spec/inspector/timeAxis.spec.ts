import fc from 'fast-check';

import {
  formatMs,
  pan,
  reveal,
  shareOf,
  ticksOf,
  timeAt,
  zoom,
} from '../../lib/inspector/view/navigate/timeAxis';

describe('the time axis', () => {
  const all = { from: 0, to: 10_000 };

  it('zooms around a time, which stays at its place', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1.01, max: 50, noNaN: true }),
        fc.integer({ min: 1, max: 9_999 }),
        (factor, at) => {
          const view = zoom(all, factor, at, all);
          expect(shareOf(view, at)).toBeCloseTo(shareOf(all, at), 6);
          expect(timeAt(view, shareOf(view, at))).toBeCloseTo(at, 6);
        },
      ),
    );
  });

  it('neither zooms out of the recorded time nor below 5 ms', () => {
    expect(zoom({ from: 10, to: 20 }, 1 / 1e9, 15, all)).toEqual(all);
    const { from, to } = zoom(all, 1e9, 5_000, all);
    expect(to - from).toBeCloseTo(5);
  });

  it('pans within the recorded time', () => {
    expect(pan({ from: 0, to: 100 }, -50, all)).toEqual({ from: 0, to: 100 });
    expect(pan({ from: 0, to: 100 }, 1e6, all)).toEqual({ from: 9_900, to: 10_000 });
  });

  it('moves only as far as a time needs to be visible', () => {
    const view = { from: 1_000, to: 2_000 };
    expect(reveal(view, 1_500, all)).toBe(view);
    expect(reveal(view, 2_500, all)).toEqual({ from: 1_580, to: 2_580 });
    expect(reveal(view, 500, all)).toEqual({ from: 420, to: 1_420 });
  });

  it('has ticks at round steps from the start of the call', () => {
    expect(ticksOf({ from: 50, to: 1_050 }, 5, 100).map(({ label }) => label)).toEqual([
      '0 ms',
      '200 ms',
      '400 ms',
      '600 ms',
      '800 ms',
    ]);
    expect(ticksOf({ from: 0, to: 9_000 }, 4, 0).map(({ label }) => label)).toEqual(['0 s', '5 s']);
    expect(ticksOf({ from: 0, to: 2_000 }, 4, 0).map(({ label }) => label)).toEqual([
      '0 ms',
      '500 ms',
      '1.0 s',
      '1.5 s',
      '2.0 s',
    ]);
  });

  it('formats times', () => {
    expect([3.2, 312, 1_900, 65_000].map((ms) => formatMs(ms, 1))).toEqual([
      '3 ms',
      '312 ms',
      '1.900 s',
      '65.000 s',
    ]);
    expect(formatMs(1_900)).toBe('1.9 s');
  });
});
