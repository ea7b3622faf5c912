import { defer, EMPTY, of } from 'rxjs';

import { inputOf } from '../../lib/rx/inputOf';
import { outcomeOf } from '../helpers/reads';

describe('inputOf', () => {
  it.each(['a text', ''])('emits a string as one value: %p', (text) => {
    expect(outcomeOf(defer(() => inputOf(text)))).toEqual(outcomeOf(of(text)));
  });

  it.each([null, undefined])('emits nothing for %p', (nothing) => {
    expect(outcomeOf(defer(() => inputOf(nothing)))).toEqual(outcomeOf(EMPTY));
  });

  it('emits bytes as one value', () => {
    const bytes = Buffer.from('hi');
    expect(outcomeOf(defer(() => inputOf<unknown>(bytes)))).toEqual(outcomeOf(of(bytes)));
  });

  it('returns any other input itself', () => {
    const value$ = of('a');
    const values = ['a', 'b'];
    expect(inputOf(value$)).toBe(value$);
    expect(inputOf(values)).toBe(values);
  });
});
