import { TestScheduler } from 'rxjs/testing';

import { assertMarbles } from '../../../lib/testing/marbles/assertMarbles';
import { drawnStream, drawnSubscriptions } from '../../../lib/testing/marbles/drawMarbles';

const at = (...signs: readonly (readonly [number, string])[]) =>
  drawnStream(signs.map(([frame, sign]) => ({ frame, sign })));

/** What RxJS reads in a diagram. */
const read = (marbles: string) =>
  new TestScheduler(assertMarbles)
    .run(({ cold }) => cold(marbles).messages)
    .map(({ frame, notification }): unknown => [frame, notification.kind === 'N' ? notification.value : '|']);

describe('drawnStream', () => {
  it('draws a sign a millisecond, and groups those of one', () => {
    expect(at([2, 'a'], [5, 'b'], [6, '|'])).toBe('--a--b|');
    expect(at([0, 'a'], [2, 'b'], [2, '|'])).toBe('a-(b|)');
    expect(at()).toBe('');
  });

  it('writes long silences as times', () => {
    expect(at([2, 'a'], [10_003, '#'])).toBe('--a 10s #');
    expect(at([2, 'a'], [10_002, '#'])).toBe('--a 9999ms #');
    expect(at([5_000, 'a'])).toBe('5s a');
    expect(at([12, 'a'])).toBe('------------a');
    expect(at([13, 'a'])).toBe('13ms a');
  });

  it('gives up where marbles cannot say it: in the frames that a group takes', () => {
    expect(at([0, 'a'], [0, 'b'], [2, 'c'])).toBeUndefined();
    expect(at([0, 'a'], [0, 'b'], [4, 'c'])).toBe('(ab)c');
  });

  it('draws what RxJS reads as the same', () => {
    const signs = [
      [2, 'a'],
      [3, 'b'],
      [40, 'c'],
      [40, 'd'],
      [1044, 'e'],
      [61_044, '|'],
    ] as const;
    expect(read(at(...signs) ?? '')).toEqual(signs);
  });

  it('cuts what is very long', () => {
    const many = Array.from({ length: 500 }, (_, frame) => [frame, 'a'] as const);
    expect(at(...many)).toBe(`${'a'.repeat(120)}…`);
    expect(at(...many.slice(0, 120))).toBe('a'.repeat(120));
  });
});

describe('drawnSubscriptions', () => {
  it('draws a subscription that ended, one that lasts, and one that ended at once', () => {
    expect(drawnSubscriptions({ subscribedFrame: 2, unsubscribedFrame: 5 })).toBe('--^--!');
    expect(drawnSubscriptions({ subscribedFrame: 0, unsubscribedFrame: Infinity })).toBe('^');
    expect(drawnSubscriptions({ subscribedFrame: 1, unsubscribedFrame: 1 })).toBe('-(^!)');
  });
});
