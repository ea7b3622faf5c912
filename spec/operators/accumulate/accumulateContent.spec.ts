import { accumulateContent } from '../../../lib/operators/accumulate/accumulateContent';
import { marbles } from '../../helpers/marbles';
import { decoded, deltaOf, frames } from '../../helpers/frames';

describe('accumulateContent', () => {
  it('emits the text so far at each chunk that adds to it', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -r-h-l-f-u-|', frames);
      const subs = '         ^----------!';
      const expected = '     ---x-y-----|';
      expectObservable(source$.pipe(accumulateContent())).toBe(expected, { x: 'Hel', y: 'Hello' });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('emits an empty text at completion when no chunk has text', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -r-z-t-c-k-u-|', frames);
      const expected = '     -------------(e|)';
      expectObservable(source$.pipe(accumulateContent())).toBe(expected, { e: '' });
    });
  });

  it('continues after null', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-z-l-|', frames);
      const expected = '     -x---y-|';
      expectObservable(source$.pipe(accumulateContent())).toBe(expected, { x: 'Hel', y: 'Hello' });
    });
  });

  it('emits an empty text at a restart', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-l-R-h-|', frames);
      const expected = '     -x-y-0-x-|';
      expectObservable(source$.pipe(accumulateContent())).toBe(expected, { 0: '', x: 'Hel', y: 'Hello' });
    });
  });

  it('ignores an end without a reason', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-(E|)', frames);
      const expected = '     -x-|';
      expectObservable(source$.pipe(accumulateContent())).toBe(expected, { x: 'Hel' });
    });
  });

  it('keeps two choices apart', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-o-l-o-|', frames);
      const first = '        -x---y---|';
      const second = '       ---x---y-|';
      expectObservable(source$.pipe(accumulateContent())).toBe(first, { x: 'Hel', y: 'Hello' });
      expectObservable(source$.pipe(accumulateContent({ choice: 1 }))).toBe(second, {
        x: 'Moi',
        y: 'MoiMoi',
      });
    });
  });

  it('emits an empty text for a missing choice', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-l-|', frames);
      const expected = '     -----(e|)';
      expectObservable(source$.pipe(accumulateContent({ choice: 7 }))).toBe(expected, { e: '' });
    });
  });

  it('identifies choices without an index by their place', () => {
    const both = { b: decoded({ choices: [{ delta: { content: 'one' } }, { delta: { content: 'two' } }] }) };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -b-|', both);
      const expected = '     -x-|';
      expectObservable(source$.pipe(accumulateContent({ choice: 1 }))).toBe(expected, { x: 'two' });
    });
  });

  it('appends text after the finish reason', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-f-l-|', frames);
      const expected = '     -x---y-|';
      expectObservable(source$.pipe(accumulateContent())).toBe(expected, { x: 'Hel', y: 'Hello' });
    });
  });

  it('keeps spaces and symbols', () => {
    const odd = { a: deltaOf({ content: '\u0000\n' }), b: deltaOf({ content: '🙂' }) };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-b-|', odd);
      const expected = '     -x-y-|';
      expectObservable(source$.pipe(accumulateContent())).toBe(expected, { x: '\u0000\n', y: '\u0000\n🙂' });
    });
  });
});
