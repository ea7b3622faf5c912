import { isRight } from 'fp-ts/Either';
import * as t from 'io-ts';

import { annotate, keywordsOf } from '../../lib/schema/annotate';

const codecs: readonly (readonly [string, t.Mixed, unknown, unknown])[] = [
  ['a string', t.string, 'a', 5],
  ['an object', t.type({ a: t.string }), { a: 'b' }, { a: 5 }],
  ['a recursion', t.recursion('R', (): t.Mixed => t.partial({ a: t.string })), { a: 'b' }, { a: 5 }],
  ['a brand', t.Int, 5, 0.5],
];

describe('annotate', () => {
  it.each(codecs)('keeps what %s decodes, encodes and is', (_, codec, good, bad) => {
    const annotated = annotate(codec, { description: 'Noted.' });
    expect(annotated.decode(good)).toEqual(codec.decode(good));
    expect(isRight(annotated.decode(bad))).toBe(false);
    expect(annotated.encode(good)).toEqual(codec.encode(good));
    expect([annotated.is(good), annotated.is(bad), annotated.name]).toEqual([true, false, codec.name]);
    expect(isRight(t.readonlyArray(annotated).decode([good]))).toBe(true);
    expect(isRight(annotated.pipe(annotated).decode(good))).toBe(true);
  });

  it('does not change its argument', () => {
    annotate(t.string, { description: 'Noted.' });
    expect(keywordsOf(t.string)).toBeUndefined();
  });

  it('adds to earlier annotations, and a later one takes precedence', () => {
    const once = annotate(t.string, { description: 'One.', minLength: 1 });
    expect(keywordsOf(annotate(once, { description: 'Two.' }))).toEqual({
      description: 'Two.',
      minLength: 1,
    });
    expect(keywordsOf(once)).toEqual({ description: 'One.', minLength: 1 });
  });

  it('is not inherited by codecs that contain it', () => {
    expect(keywordsOf(t.array(annotate(t.string, { description: 'Noted.' })))).toBeUndefined();
  });
});
