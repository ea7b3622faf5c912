import { contentDeltas } from '../../../lib/operators/accumulate/contentDeltas';
import { marbles } from '../../helpers/marbles';
import { deltaOf, frames } from '../../helpers/said';

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
});
