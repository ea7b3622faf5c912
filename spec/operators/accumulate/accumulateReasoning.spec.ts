import { accumulateReasoning } from '../../../lib/operators/accumulate/accumulateReasoning';
import { decoded, deltaOf, frames } from '../../helpers/frames';
import { marbles } from '../../helpers/marbles';

describe('accumulateReasoning', () => {
  it('emits the reasoning so far at each chunk that adds to it', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -r-t-s-h-f-u-|', frames);
      const subs = '         ^------------!';
      const expected = '     ---x-y-------|';
      expectObservable(source$.pipe(accumulateReasoning())).toBe(expected, { x: 'Hm', y: 'Hm, so' });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('emits an empty text at completion without reasoning', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -r-z-h-c-k-u-|', frames);
      const expected = '     -------------(e|)';
      expectObservable(source$.pipe(accumulateReasoning())).toBe(expected, { e: '' });
    });
  });

  it('emits an empty reasoning at a restart', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -t-R-s-|', frames);
      const expected = '     -x-0-y-|';
      expectObservable(source$.pipe(accumulateReasoning())).toBe(expected, { x: 'Hm', 0: '', y: ', so' });
    });
  });

  it('keeps two choices apart', () => {
    const other = { ...frames, o: decoded({ choices: [{ index: 1, delta: { reasoning: 'Aha' } }] }) };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -t-o-|', other);
      const first = '        -x---|';
      const second = '       ---y-|';
      expectObservable(source$.pipe(accumulateReasoning())).toBe(first, { x: 'Hm' });
      expectObservable(source$.pipe(accumulateReasoning({ choice: 1 }))).toBe(second, { y: 'Aha' });
    });
  });

  it.each([
    ['reasoning', { reasoning: 'Hm', content: '' }],
    ['reasoning_content', { reasoning_content: 'Hm', content: null }],
    ['reasoning_details', { reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] }],
    [
      'reasoning_details beside reasoning',
      { reasoning: 'Hm', reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] },
    ],
    ['content parts', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] }] }],
  ])('reads %s', (_, delta) => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -t-|', { t: deltaOf(delta) });
      const expected = '     -x-|';
      expectObservable(source$.pipe(accumulateReasoning())).toBe(expected, { x: 'Hm' });
    });
  });
});
