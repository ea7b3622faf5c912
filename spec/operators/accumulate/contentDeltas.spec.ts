import fc from 'fast-check';
import { from } from 'rxjs';

import '../../helpers/properties';
import { contentDeltas } from '../../../lib/operators/accumulate/contentDeltas';
import { marbles } from '../../helpers/marbles';
import { outcomeOf } from '../../helpers/reads';
import { deltaOf, frames } from '../../helpers/frames';

describe('contentDeltas', () => {
  it('emits the text that each chunk adds', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h-l-h-|', frames);
      const subs = '         ^------!';
      const expected = '     -h-l-h-|';
      expectObservable(source$.pipe(contentDeltas())).toBe(expected, { h: 'Hel', l: 'lo' });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('emits nothing for the role, null, reasoning, a tool call, a finish reason and usage', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -r-z-t-c-f-u-|', frames);
      const expected = '     -------------|';
      expectObservable(source$.pipe(contentDeltas())).toBe(expected);
    });
  });

  it('emits nothing for a mark of this library', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-R-l-E-|', frames);
      const expected = '     -h---l---|';
      expectObservable(source$.pipe(contentDeltas())).toBe(expected, { h: 'Hel', l: 'lo' });
    });
  });

  it('follows the first of two choices', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-o-l-|', frames);
      const expected = '     -h---l-|';
      expectObservable(source$.pipe(contentDeltas())).toBe(expected, { h: 'Hel', l: 'lo' });
    });
  });

  it('follows another choice with `choice`', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-o-l-|', frames);
      const expected = '     ---o---|';
      expectObservable(source$.pipe(contentDeltas({ choice: 1 }))).toBe(expected, { o: 'Moi' });
    });
  });

  it('reads the text in a list of parts, but not the reasoning', () => {
    const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] };
    const parts = { p: deltaOf({ content: [thinking, { type: 'text', text: 'Hello' }] }) };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -p-|', parts);
      const expected = '     -h-|';
      expectObservable(source$.pipe(contentDeltas())).toBe(expected, { h: 'Hello' });
    });
  });

  describe('with a surrogate pair that chunks split', () => {
    const halves = {
      ...frames,
      a: deltaOf({ content: 'Go \ud83d' }),
      b: deltaOf({ content: '\ude80 now' }),
      c: deltaOf({ content: '\ud83d' }),
    };

    it('holds the first half back for the second', () => {
      marbles(({ cold, expectObservable }) => {
        const source$ = cold(' -a-r-b-|', halves);
        const expected = '     -x---y-|';
        expectObservable(source$.pipe(contentDeltas())).toBe(expected, { x: 'Go ', y: '\ud83d\ude80 now' });
      });
    });

    it('emits nothing for the first half alone', () => {
      marbles(({ cold, expectObservable }) => {
        const source$ = cold(' -c-b-|', halves);
        const expected = '     ---y-|';
        expectObservable(source$.pipe(contentDeltas())).toBe(expected, { y: '\ud83d\ude80 now' });
      });
    });

    it('emits a first half without a second at the end, and before an error', () => {
      marbles(({ cold, expectObservable }) => {
        const values = { x: 'Go ', y: '\ud83d' };
        expectObservable(cold('-a-|', halves).pipe(contentDeltas())).toBe('-x-(y|)', values);
        expectObservable(cold('-a-#', halves).pipe(contentDeltas())).toBe('-x-(y#)', values);
      });
    });

    it('drops the first half at a restart', () => {
      marbles(({ cold, expectObservable }) => {
        const source$ = cold(' -a-R-h-|', halves);
        const expected = '     -x---h-|';
        expectObservable(source$.pipe(contentDeltas())).toBe(expected, { x: 'Go ', h: 'Hel' });
      });
    });

    it('holds one for each subscriber', () => {
      marbles(({ cold, expectObservable }) => {
        const text$ = cold('-c-b-|', halves).pipe(contentDeltas());
        expectObservable(text$).toBe('---y-|', { y: '\ud83d\ude80 now' });
        expectObservable(text$, '--^').toBe('-----y-|', { y: '\ud83d\ude80 now' });
      });
    });
  });

  it('emits deltas of complete characters, wherever a text is split', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat()), (text, places) => {
        const ends = [...places.map((place) => place % (text.length + 1)), text.length].sort((a, b) => a - b);
        const chunks = ends.map((end, i) => deltaOf({ content: text.slice(i === 0 ? 0 : ends[i - 1], end) }));
        const deltas = outcomeOf(from(chunks).pipe(contentDeltas())).values;
        expect(deltas.map((delta) => Buffer.from(delta).toString()).join('')).toBe(text);
      }),
    );
  });
});
