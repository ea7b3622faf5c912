import { isLeft } from 'fp-ts/Either';
import * as t from 'io-ts';

import { mismatchOf } from '../../lib/decode/issues';

interface Folder {
  readonly name: string;
  readonly inside?: Folder;
}
const Folder: t.Type<Folder> = t.recursion('Folder', () =>
  t.intersection([t.type({ name: t.string }), t.partial({ inside: Folder })]),
);
type Sum = number | { readonly plus: readonly Sum[] };
const Sum: t.Type<Sum> = t.recursion('Sum', () =>
  t.union([t.number, t.type({ plus: t.readonlyArray(Sum) })]),
);

const Both = t.intersection([t.type({ a: t.string }), t.partial({ b: t.number })]);
/** A codec of a user, which checks the value with another. */
const Own = new t.Type<unknown>(
  'Own',
  Both.is,
  (value, context) => Both.validate(value, context),
  t.identity,
);

const issuesOf = (codec: t.Mixed, value: unknown): readonly string[] => {
  const decoded = codec.decode(value);
  return isLeft(decoded) ? mismatchOf(decoded.left, '').issues : [];
};

describe('the issues of a value that does not fit', () => {
  it.each<[string, t.Mixed, unknown, string]>([
    ['an intersection', Both, { b: 1 }, 'a: expected string, got nothing'],
    ['an exact intersection', t.exact(Both), { b: 1 }, 'a: expected string, got nothing'],
    ['a readonly one', t.readonly(Both), { b: 1 }, 'a: expected string, got nothing'],
    ['a refined one', t.refinement(Both, () => true), { b: 1 }, 'a: expected string, got nothing'],
    ['one in a codec of a user', t.array(Own), [{ a: '' }, { b: 1 }], '1/a: expected string, got nothing'],
    ['a recursive one', Folder, { name: '', inside: { name: 3 } }, 'inside/name: expected string, got 3'],
    ['a recursive union', Sum, { plus: [1, 'x'] }, 'plus/1: expected number or object, got "x"'],
    ['the deepest misfit', t.union([t.number, t.array(t.number)]), ['1'], '0: expected number, got "1"'],
    ['a list in a list', t.array(t.array(t.number)), [[1], [1, '2']], '1/1: expected number, got "2"'],
  ])('have the path of %s without the numbers of its parts', (_, codec, value, issue) => {
    expect(issuesOf(codec, value)).toEqual([issue]);
  });

  it.each<[string, t.Mixed, string]>([
    ['nothing but null', t.null, 'a: expected null, got 0'],
    ['a value or null', t.union([t.string, t.null]), 'a: expected string, got 0'],
    ['a value or nothing', t.union([t.string, t.undefined]), 'a: expected string, got 0'],
    ['a value, null or nothing', t.union([t.null, t.undefined, t.string]), 'a: expected string, got 0'],
  ])('name the types of %s', (_, codec, issue) => {
    expect(issuesOf(t.type({ a: codec }), { a: 0 })).toEqual([issue]);
  });
});
