import { isLeft, right } from 'fp-ts/Either';
import * as t from 'io-ts';

import { decodeValue } from '../../lib/schema/decodeValue';

const Circle = t.type({ kind: t.literal('circle'), r: t.number }, 'Circle');
const Square = t.intersection([
  t.strict({ kind: t.literal('square') }),
  t.partial({ side: t.number, style: t.type({ color: t.string }) }),
]);
const Shape = t.union([Circle, Square], 'Shape');
/** Throws for what is not a string. */
const Trimmed = new t.Type<string>(
  'Trimmed',
  t.string.is,
  (value) => t.success((value as string).trim()),
  (value) => value,
);
const Trimming = t.union([
  t.type({ kind: t.literal('a'), text: Trimmed }),
  t.type({ kind: t.literal('b'), text: t.string }),
]);
interface Sum {
  readonly op: 'sum';
  readonly of: readonly Expression[];
}
interface Value {
  readonly op: 'value';
  readonly n: number;
}
type Expression = Sum | Value;
const Expression: t.Type<Expression> = t.recursion('Expression', () =>
  t.union([
    t.type({ op: t.literal('sum'), of: t.readonlyArray(Expression) }),
    t.type({ op: t.literal('value'), n: t.number }),
  ]),
);

describe('decodeValue', () => {
  it('decodes a value without the nulls of missing fields', () => {
    expect(decodeValue(t.array(Shape))([{ kind: 'square', side: null }])).toEqual(
      right([{ kind: 'square' }]),
    );
  });

  it.each<[string, t.Mixed, unknown, string]>([
    ['an unknown tag', Shape, { kind: 'dot', r: 1 }, 'kind: expected "circle" or "square", got "dot"'],
    ['a missing tag', Shape, { r: 1 }, 'kind: expected "circle" or "square", got nothing'],
    ['the tag of an item', t.array(Shape), [{ kind: 1 }], '0/kind: expected "circle" or "square", got 1'],
    [
      'the tag of a recursive union',
      Expression,
      { op: 'sum', of: [{ op: 'value', n: 1 }, { op: 'product' }] },
      'of/1/op: expected "sum" or "value", got "product"',
    ],
    [
      'the tags of a union of unions',
      t.union([Shape, t.type({ kind: t.literal('line') })]),
      { kind: 'dot' },
      'kind: expected "circle" or "square" or "line", got "dot"',
    ],
    [
      'no literal beside the tag',
      t.union([t.type({ kind: t.literal('a'), level: t.literal(1) }), t.type({ kind: t.literal('b') })]),
      { kind: 'dot', level: 2 },
      'kind: expected "a" or "b", got "dot"',
    ],
    ['a tag beside a codec that throws', Trimming, { kind: 'dot' }, 'kind: expected "b", got "dot"'],
    ['a field of the member with the tag', Shape, { kind: 'circle' }, 'r: expected number, got nothing'],
    ['another type than those of a union', t.array(Shape), ['dot'], '0: expected Shape, got "dot"'],
    [
      'a union without tags',
      t.union([t.string, t.number]),
      true,
      'the payload: expected string or number, got true',
    ],
  ])('names %s', (_, codec, value, message) => {
    const result = decodeValue(codec)(value);
    expect(isLeft(result) && result.left.message).toBe(message);
  });

  it('quotes the text, and the place of the value in it', () => {
    const named = decodeValue(Circle)({ kind: 'circle' }, '[{"kind":"circle"}]', '0');
    const unnamed = decodeValue(Circle)({ kind: 'circle' });
    expect(isLeft(named) && [named.left.message, named.left.raw]).toEqual([
      '0/r: expected number, got nothing',
      '[{"kind":"circle"}]',
    ]);
    expect(isLeft(unnamed) && unnamed.left.raw).toBe('{"kind":"circle"}');
  });
});
