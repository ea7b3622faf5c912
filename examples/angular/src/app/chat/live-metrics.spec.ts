import { right } from 'fp-ts/Either';
import { asyncScheduler } from 'rxjs';
import { textChunk, reasoningChunk } from 'rxjs-chat-completions/testing';
import { TestScheduler } from 'rxjs/testing';

import { toLiveMetrics, type LiveMetrics } from './live-metrics';
import { sparkline } from './sparkline';

const chunks = {
  r: right(reasoningChunk('hm')),
  t: right(textChunk('Hi')),
};

describe('toLiveMetrics', () => {
  it('emits four times a second, also while no data arrives', () => {
    const updates: LiveMetrics[] = [];
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ cold }) => {
      cold('300ms r 99ms r 249ms t 49ms |', chunks)
        .pipe(toLiveMetrics(asyncScheduler))
        .subscribe((metrics) => updates.push(metrics));
    });
    expect(updates.map(({ elapsedMs, tokens }) => [elapsedMs, tokens])).toEqual([
      [250, 0],
      [500, 2],
      [700, 3],
    ]);
    expect(updates.at(-1)).toMatchObject({ reasoningAt: 300, textAt: 650, rates: [8, 5] });
  });
});

describe('sparkline', () => {
  it('fills its box', () => {
    expect(sparkline([0, 10, 5], 20, 10)).toBe('M0 10L10 0L20 5');
  });

  it('draws many values as few points', () => {
    expect(
      sparkline(
        Array.from({ length: 1_000 }, () => 1),
        40,
        10,
      ).match(/L/g),
    ).toHaveLength(39);
  });

  it('is empty for fewer than two values', () => {
    expect(sparkline([5], 20, 10)).toBe('');
  });
});
