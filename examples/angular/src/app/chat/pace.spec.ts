import { right } from 'fp-ts/Either';
import { asyncScheduler } from 'rxjs';
import { textChunk, reasoningChunk } from 'rxjs-chat-completions/testing';
import { TestScheduler } from 'rxjs/testing';

import { toPace, type Pace } from './pace';
import { sparkline } from './sparkline';

const chunks = {
  r: right(reasoningChunk('hm')),
  t: right(textChunk('Hi')),
};

describe('toPace', () => {
  it('tells four times a second how an answer comes along, silence included', () => {
    const told: Pace[] = [];
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ cold }) => {
      cold('300ms r 99ms r 249ms t 49ms |', chunks)
        .pipe(toPace(asyncScheduler))
        .subscribe((pace) => told.push(pace));
    });
    expect(told.map(({ elapsedMs, tokens }) => [elapsedMs, tokens])).toEqual([
      [250, 0],
      [500, 2],
      [700, 3],
    ]);
    expect(told.at(-1)).toMatchObject({ thoughtAt: 300, wroteAt: 650, rates: [8, 5] });
  });
});

describe('sparkline', () => {
  it('is as wide and as high as its box', () => {
    expect(sparkline([0, 10, 5], 20, 10)).toBe('M0 10L10 0L20 5');
  });

  it('draws many numbers as few points', () => {
    expect(
      sparkline(
        Array.from({ length: 1_000 }, () => 1),
        40,
        10,
      ).match(/L/g),
    ).toHaveLength(39);
  });

  it('is nothing before there are two numbers', () => {
    expect(sparkline([5], 20, 10)).toBe('');
  });
});
