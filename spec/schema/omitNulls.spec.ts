import * as t from 'io-ts';

import { annotate } from '../../lib/schema/annotate';
import { omitNulls } from '../../lib/schema/omitNulls';

interface Tree {
  readonly name: string;
  readonly left?: Tree;
}
const Tree: t.Type<Tree> = t.recursion('Tree', () =>
  t.intersection([t.type({ name: t.string }), t.partial({ left: Tree })]),
);
const WithDefault = new t.Type<string>(
  'WithDefault',
  t.string.is,
  (value, context) => t.string.validate(value === undefined ? 'none' : value, context),
  (value) => value,
);
/** Throws for what is not a string, `null` and `undefined` included. */
const Trimmed = new t.Type<string>(
  'Trimmed',
  t.string.is,
  (value) => t.success((value as string).trim()),
  (value) => value,
);
const Circle = t.intersection([t.type({ kind: t.literal('circle') }), t.partial({ r: t.number })]);
const Square = t.type({ kind: t.literal('square'), side: t.union([t.number, t.undefined]) });

describe('omitNulls', () => {
  it.each<[string, t.Mixed, unknown, unknown]>([
    ['of a partial object', t.partial({ a: t.string }), { a: null }, {}],
    ['of a field that may be undefined', t.type({ a: t.union([t.string, t.undefined]) }), { a: null }, {}],
    ['of a field with a default', t.type({ a: WithDefault }), { a: null }, {}],
    ['of a codec that throws for it', t.partial({ a: Trimmed }), { a: null }, {}],
    ['below', t.type({ a: t.partial({ b: t.string }) }), { a: { b: null } }, { a: {} }],
    ['in a list', t.array(t.partial({ a: t.string })), [{ a: 'x' }, { a: null }], [{ a: 'x' }, {}]],
    ['in a tuple', t.tuple([t.string, t.partial({ a: t.string })]), ['x', { a: null }], ['x', {}]],
    [
      'before an item too many of a tuple',
      t.tuple([t.partial({ a: t.string })]),
      [{ a: null }, null],
      [{}, null],
    ],
    ['in a record', t.record(t.string, t.partial({ a: t.string })), { x: { a: null } }, { x: {} }],
    [
      'of a record',
      t.record(t.keyof({ a: null, b: null }), t.union([t.string, t.undefined])),
      { a: null, b: 'x' },
      { b: 'x' },
    ],
    ['in a strict object', t.strict({ a: t.union([t.string, t.undefined]) }), { a: null }, {}],
    ['around a partial', t.readonly(t.exact(t.partial({ a: t.string }))), { a: null }, {}],
    [
      'in a recursion',
      Tree,
      { name: 'a', left: { name: 'b', left: null } },
      { name: 'a', left: { name: 'b' } },
    ],
    [
      'of the member that is meant',
      t.union([Circle, Square]),
      { kind: 'square', side: null },
      { kind: 'square' },
    ],
    ['in an annotated codec', annotate(t.partial({ a: t.string }), { description: 'A.' }), { a: null }, {}],
    ['named __proto__', t.type({}), JSON.parse('{"__proto__":null}'), JSON.parse('{"__proto__":null}')],
  ])('leaves out a null %s', (_, codec, value, expected) => {
    const before = structuredClone(value);
    expect(omitNulls(codec)(value)).toStrictEqual(expected);
    expect(value).toStrictEqual(before);
  });

  it.each<[string, t.Mixed, unknown]>([
    ['that the field accepts', t.partial({ a: t.union([t.string, t.null]) }), { a: null }],
    ['of a field that must be there', t.type({ a: t.string }), { a: null }],
    ['of a field that is not known', t.partial({ a: t.string }), { b: null }],
    ['in a list', t.array(t.union([t.string, t.undefined])), [null]],
    ['of a union that accepts it', t.union([t.null, t.partial({ a: t.string })]), null],
    [
      'where no member of a union accepts what is left',
      t.union([Circle, Square]),
      { kind: 'dot', side: null },
    ],
    ['in a value of another kind', t.partial({ a: t.string }), [null]],
    ['where anything goes', t.partial({ a: t.unknown }), { a: null }],
  ])('keeps a null %s, and the value itself', (_, codec, value) => {
    expect(omitNulls(codec)(value)).toBe(value);
  });

  it('keeps the parts in which nothing changes', () => {
    const value = { list: [1], opt: null };
    const left = omitNulls(
      t.intersection([t.type({ list: t.array(t.number) }), t.partial({ opt: t.string })]),
    )(value);
    expect((left as typeof value).list).toBe(value.list);
  });

  it('reads each part of a recursive union once, not once for each member at each level', () => {
    type Sum =
      | number
      | { readonly add: readonly Sum[]; readonly note: string }
      | { readonly add: readonly Sum[]; readonly to: number };
    const Sum: t.Type<Sum> = t.recursion('Sum', () =>
      t.union([
        t.type({ add: t.readonlyArray(Sum), note: t.string }),
        t.type({ add: t.readonlyArray(Sum), to: t.number }),
        t.number,
      ]),
    );
    let reads = 0;
    const levels = 8;
    let value: object = { add: [1], to: 1 };
    for (let level = 1; level < levels; level += 1) {
      const below = [value];
      value = Object.defineProperty({ to: 1 }, 'add', {
        get: () => ((reads += 1), below),
        enumerable: true,
      });
    }
    expect(omitNulls(Sum)(value)).toBe(value);
    expect(reads).toBeLessThan(10 * levels);
  });

  it('compiles a codec once', () => {
    const codec = t.partial({ a: t.string });
    expect(omitNulls(codec)).toBe(omitNulls(codec));
  });
});
