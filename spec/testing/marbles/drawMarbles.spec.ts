import { TestScheduler } from 'rxjs/testing';

import { assertMarbles } from '../../../lib/testing/marbles/assertMarbles';
import { drawStream, drawSubscription } from '../../../lib/testing/marbles/drawMarbles';

const draw = (...events: readonly (readonly [number, string])[]) =>
  drawStream(events.map(([frame, marble]) => ({ frame, marble })));

/** Parses a diagram with RxJS. */
const parse = (marbles: string) =>
  new TestScheduler(assertMarbles)
    .run(({ cold }) => cold(marbles).messages)
    .map(({ frame, notification }): unknown => [frame, notification.kind === 'N' ? notification.value : '|']);

describe('drawStream', () => {
  it('draws one character a millisecond and groups those of the same frame', () => {
    expect(draw([2, 'a'], [5, 'b'], [6, '|'])).toBe('--a--b|');
    expect(draw([0, 'a'], [2, 'b'], [2, '|'])).toBe('a-(b|)');
    expect(draw()).toBe('');
  });

  it('draws long pauses as times', () => {
    expect(draw([2, 'a'], [10_003, '#'])).toBe('--a 10s #');
    expect(draw([2, 'a'], [10_002, '#'])).toBe('--a 9999ms #');
    expect(draw([5_000, 'a'])).toBe('5s a');
    expect(draw([12, 'a'])).toBe('------------a');
    expect(draw([13, 'a'])).toBe('13ms a');
  });

  it('returns undefined for an event in the frames that a group takes up', () => {
    expect(draw([0, 'a'], [0, 'b'], [2, 'c'])).toBeUndefined();
    expect(draw([0, 'a'], [0, 'b'], [4, 'c'])).toBe('(ab)c');
  });

  it('draws diagrams that RxJS parses to the same events', () => {
    const events = [
      [2, 'a'],
      [3, 'b'],
      [40, 'c'],
      [40, 'd'],
      [1044, 'e'],
      [61_044, '|'],
    ] as const;
    expect(parse(draw(...events) ?? '')).toEqual(events);
  });

  it('cuts a very long diagram', () => {
    const many = Array.from({ length: 500 }, (_, frame) => [frame, 'a'] as const);
    expect(draw(...many)).toBe(`${'a'.repeat(120)}…`);
    expect(draw(...many.slice(0, 120))).toBe('a'.repeat(120));
  });
});

describe('drawSubscription', () => {
  it('draws a subscription that ended, an active one, and one that ended in the same frame', () => {
    expect(drawSubscription({ subscribedFrame: 2, unsubscribedFrame: 5 })).toBe('--^--!');
    expect(drawSubscription({ subscribedFrame: 0, unsubscribedFrame: Infinity })).toBe('^');
    expect(drawSubscription({ subscribedFrame: 1, unsubscribedFrame: 1 })).toBe('-(^!)');
  });
});
