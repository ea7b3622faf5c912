import fc from 'fast-check';

import { Lane } from '../../lib/inspector/log/Lane';
import { formatBytes, formatCount } from '../../lib/inspector/view/format';
import { jsonDiff } from '../../lib/inspector/view/jsonDiff';
import { newestTime, timeOf } from '../../lib/inspector/view/timeSpan';
import { formatMs, pan, reveal, shareOf, ticksOf, timeAt, zoom } from '../../lib/inspector/view/timeAxis';

const textOf = (value: unknown, before?: unknown): string =>
  jsonDiff(value, before)
    .map(({ sign, text }) => `${sign}${text}`)
    .join('\n');

describe('formatCount', () => {
  it('has a comma between thousands, as toLocaleString has', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (count) => expect(formatCount(count)).toBe(count.toLocaleString('en'))),
    );
  });
});

describe('formatBytes', () => {
  it('has a unit of a thousand', () => {
    expect([0, 999, 1_000, 168_540, 16_000_000].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '168.5 kB',
      '16.0 MB',
    ]);
  });
});

describe('jsonDiff', () => {
  it('formats a value without one before it, with short objects on one line', () => {
    const value = { id: 'chatcmpl-1', choices: [{ index: 0, delta: { content: '"b"' } }], none: [] };
    expect(textOf(value)).toBe(
      [
        ' {',
        '   "id": "chatcmpl-1"',
        '   "choices": [',
        '     {',
        '       "index": 0',
        String.raw`       "delta": { "content": "\"b\"" }`,
        '     }',
        '   ]',
        '   "none": []',
        ' }',
      ].join('\n'),
    );
  });

  it('marks what was changed, added and removed', () => {
    expect(textOf({ a: 1, b: [{ c: 'new' }], d: 4 }, { a: 1, b: [{ c: 'old' }], e: 5 })).toBe(
      [
        ' {',
        '   "a": 1',
        '   "b": [',
        '     {',
        '-      "c": "old"',
        '+      "c": "new"',
        '     }',
        '   ]',
        '-  "e": 5',
        '+  "d": 4',
        ' }',
      ].join('\n'),
    );
  });

  it('marks nothing between equal values, and every line between a value and another kind', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(jsonDiff(value, value).filter(({ sign }) => sign !== ' ')).toEqual([]);
      }),
    );
    expect(textOf([1], { a: 1 })).toBe('-{ "a": 1 }\n+[1]');
  });

  it('is cut after 400 lines', () => {
    expect(
      jsonDiff(
        Array.from({ length: 1_000 }, (_, i) => i),
        undefined,
      ).at(-1)?.text,
    ).toBe('… 602 more lines');
  });
});

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

describe('the time in view', () => {
  const lane = (call: number, startedAt: number, endedAt: number | null): Lane =>
    Object.assign(new Lane({ label: '', call, attempt: 1, startedAt }), { endedAt });
  const lengthOf = ({ from, to }: { readonly from: number; readonly to: number }): number =>
    Math.round((to - from) / 1.06);

  it('is that of all lanes, until now while one is open', () => {
    const lanes = [lane(1, 1_000, 2_000), lane(2, 5_000, null)];
    expect(lengthOf(timeOf(lanes, 9_000))).toBe(8_000);
    expect(lengthOf(timeOf([], 9_000))).toBe(100);
  });

  it('follows the newest call, with its attempts and with calls without a pause between them', () => {
    const lanes = [lane(1, 0, 100), lane(2, 5_000, 5_010), lane(2, 8_000, 8_500), lane(3, 8_600, 9_000)];
    expect(lengthOf(newestTime(lanes, 20_000))).toBe(4_000);
    expect(lengthOf(newestTime([...lanes, lane(4, 19_000, null)], 20_000))).toBe(1_000);
  });
});
