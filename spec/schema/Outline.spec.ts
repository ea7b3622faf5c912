import { alt } from 'fp-ts/Either';
import fc from 'fast-check';
import * as t from 'io-ts';

import { JsonReader } from '../../lib/json/JsonReader';
import { annotate } from '../../lib/schema/annotate';
import { isObjectCodec } from '../../lib/schema/isObjectCodec';
import { omitNulls } from '../../lib/schema/omitNulls';
import { Outline, outlineOf } from '../../lib/schema/Outline';
import { outputFormat, OutputReader } from '../../lib/schema/OutputReader';
import { piecesOf } from '../helpers/json';
import { described } from '../helpers/schemas';

interface Tree {
  readonly kind: 'tree';
  readonly name: string;
  readonly below: readonly Tree[];
}
const Tree: t.Type<Tree> = t.recursion('Tree', () =>
  t.type({ kind: t.literal('tree'), name: t.string, below: t.readonlyArray(Tree) }),
);
const Circle = t.type({ kind: t.literal('circle'), r: t.number, label: t.string });
const Square = t.type({
  kind: t.literal('square'),
  side: t.number,
  label: t.keyof({ big: null, small: null }),
});
const Shape = t.union([Circle, Square]);
const Email = t.brand(
  t.string,
  (text): text is t.Branded<string, { readonly Email: symbol }> => /@/.test(text),
  'Email',
);
const Refined = t.refinement(t.type({ a: t.string }), () => true, 'Refined');
const Even = new t.Type<number, string>(
  'Even',
  t.number.is,
  (value, context) =>
    typeof value === 'string' && Number(value) % 2 === 0
      ? t.success(Number(value))
      : t.failure(value, context),
  String,
);

/** Another check in a codec that keeps its tag, as io-ts-types does it. */
const withValidate = <C extends t.Mixed>(codec: C, validate: C['validate']): C =>
  Object.create(codec, {
    validate: { value: validate },
    decode: { value: (given: unknown) => validate(given, []) },
  }) as C;
const withFallback = <C extends t.Mixed>(codec: C, value: t.TypeOf<C>): C =>
  withValidate(codec, (given, context) => alt(() => t.success(value))(codec.validate(given, context)));
const withDefault = <C extends t.Mixed>(codec: C, value: t.TypeOf<C>): C =>
  withValidate(codec, (given, context) => codec.validate(given ?? value, context));
const fromText = withValidate(t.number, (given, context) => t.number.validate(Number(given), context));

/** Throws for what is not a string, `null` and `undefined` included. */
const Trimmed = new t.Type<string>(
  'Trimmed',
  t.string.is,
  (value) => t.success((value as string).trim()),
  (value) => value,
);

/** The value after each character, without repetitions, and the issues in the end. */
function read(
  codec: t.Mixed,
  text: string,
): { readonly partials: readonly unknown[]; readonly issues: readonly string[] } {
  const reader = new OutputReader<unknown, unknown>(outputFormat(codec, 'bare'));
  const partials: unknown[] = [];
  for (const character of text) {
    reader.push(character);
    const { partial } = reader;
    if (partial !== undefined && partial !== partials.at(-1)) partials.push(partial);
  }
  return { partials, issues: reader.issues };
}

describe('what is shown of a value that is being written', () => {
  it.each<[string, t.Mixed, unknown, readonly unknown[]]>([
    ['a string as it grows', t.type({ a: t.string }), { a: 'xy' }, [{}, { a: '' }, { a: 'x' }, { a: 'xy' }]],
    ['a number as a whole', t.type({ a: t.number }), { a: 1815 }, [{}, { a: 1815 }]],
    ['an enum as a whole', t.type({ a: t.keyof({ ab: null, b: null }) }), { a: 'ab' }, [{}, { a: 'ab' }]],
    ['a literal as a whole', t.type({ a: t.literal('ab') }), { a: 'ab' }, [{}, { a: 'ab' }]],
    ['a brand as a whole', t.type({ a: Email }), { a: 'a@b' }, [{}, { a: 'a@b' }]],
    [
      'an intersection of strings as a whole',
      t.type({ a: t.intersection([t.string, Email]) }),
      { a: 'a@b' },
      [{}, { a: 'a@b' }],
    ],
    [
      'an intersection with anything as its other part',
      t.type({ a: t.intersection([t.unknown, t.type({ b: t.string })]) }),
      { a: { b: 'x' } },
      [{}, { a: {} }, { a: { b: '' } }, { a: { b: 'x' } }],
    ],
    ['a codec that changes values as a whole', t.type({ a: Even }), { a: '12' }, [{}, { a: '12' }]],
    [
      'a list item by item',
      t.type({ a: t.array(t.number) }),
      { a: [1, 2] },
      [{}, { a: [] }, { a: [1] }, { a: [1, 2] }],
    ],
    [
      'a list or anything item by item',
      t.type({ a: t.union([t.array(t.number), t.unknown]) }),
      { a: ['b'] },
      [{}, { a: [] }, { a: ['b'] }],
    ],
    ['a refined object field by field', Refined, { a: 'x' }, [{}, { a: '' }, { a: 'x' }]],
    [
      'an object beside a refined number',
      t.type({ s: t.union([t.Int, t.type({ a: t.string })]) }),
      { s: { a: 'x' } },
      [{}, { s: {} }, { s: { a: '' } }, { s: { a: 'x' } }],
    ],
    [
      'an object of a refined union field by field, and its number as a whole',
      t.array(t.refinement(t.union([t.number, t.type({ a: t.string })]), () => true)),
      [15, { a: 'x' }],
      [[], [15], [15, {}], [15, { a: '' }], [15, { a: 'x' }]],
    ],
    ['a record field by field', t.record(t.string, t.string), { a: 'x' }, [{}, { a: '' }, { a: 'x' }]],
    [
      'an exact object, a list and a record of anything, by their parts',
      t.strict({ a: t.UnknownArray, b: t.UnknownRecord }),
      { a: ['x'], b: { c: 'y' } },
      [{}, { a: [] }, { a: ['x'] }, { a: ['x'], b: {} }, { a: ['x'], b: { c: 'y' } }],
    ],
    ['a tuple item by item', t.tuple([t.string, t.number]), ['a', 1], [[], [''], ['a'], ['a', 1]]],
    [
      'a string or a number',
      t.type({ a: t.union([t.number, t.string]) }),
      { a: 'x' },
      [{}, { a: '' }, { a: 'x' }],
    ],
    [
      'a recursive value',
      Tree,
      { kind: 'tree', name: 'a', below: [] },
      [
        {},
        { kind: 'tree' },
        { kind: 'tree', name: '' },
        { kind: 'tree', name: 'a' },
        { kind: 'tree', name: 'a', below: [] },
      ],
    ],
    [
      'a string of a union whose literal says that it is one',
      t.type({ s: Shape }),
      { s: { kind: 'circle', label: 'b' } },
      [
        {},
        { s: {} },
        { s: { kind: 'circle' } },
        { s: { kind: 'circle', label: '' } },
        { s: { kind: 'circle', label: 'b' } },
      ],
    ],
    [
      '… or that it is an enum',
      t.type({ s: Shape }),
      { s: { kind: 'square', label: 'big' } },
      [{}, { s: {} }, { s: { kind: 'square' } }, { s: { kind: 'square', label: 'big' } }],
    ],
    [
      'an intersection with a union',
      t.intersection([t.type({ id: t.number }), Shape]),
      { kind: 'square', id: 1, label: 'big' },
      [{ kind: 'square' }, { kind: 'square', id: 1 }, { kind: 'square', id: 1, label: 'big' }],
    ],
    [
      'what every part of an intersection takes, in a field of several parts',
      t.intersection([
        t.type({ kind: t.string, id: t.string }),
        t.type({ kind: t.literal('ab') }),
        t.partial({ id: Email }),
        t.record(t.string, t.unknown),
      ]),
      { kind: 'ab', id: 'a@b', more: 1 },
      [{}, { kind: 'ab' }, { kind: 'ab', id: 'a@b' }, { kind: 'ab', id: 'a@b', more: 1 }],
    ],
    [
      'a string of a part beside a record of anything as it grows',
      t.intersection([t.type({ a: t.string }), t.record(t.string, t.unknown)]),
      { a: 'x' },
      [{}, { a: '' }, { a: 'x' }],
    ],
    [
      'a field of two parts as it grows if one of them takes anything',
      t.intersection([t.type({ data: t.unknown, n: t.number }), t.type({ data: t.type({ a: t.string }) })]),
      { data: { a: 'x' }, n: 1 },
      [{}, { data: {} }, { data: { a: '' } }, { data: { a: 'x' } }, { data: { a: 'x' }, n: 1 }],
    ],
    [
      'a string of an object whose first field excludes a record',
      t.union([t.record(t.string, Email), t.type({ n: t.number, a: t.string })]),
      { n: 1, a: 'x' },
      [{ n: 1 }, { n: 1, a: '' }, { n: 1, a: 'x' }],
    ],
    [
      'what a codec of anything takes, its strings as a whole',
      t.type({ a: t.unknown }),
      { a: ['x'] },
      [{}, { a: [] }, { a: ['x'] }],
    ],
    [
      'an annotated codec as the codec',
      t.type({ a: annotate(t.string, { description: 'A.' }) }),
      { a: 'x' },
      [{}, { a: '' }, { a: 'x' }],
    ],
  ])('is %s', (_, codec, value, expected) => {
    const { partials, issues } = read(codec, JSON.stringify(value));
    expect(partials).toEqual(expected);
    expect(issues.filter((issue) => !issue.endsWith('nothing'))).toEqual([]);
  });

  const Whole = new t.Type<object, unknown>(
    'Whole',
    (value): value is object => typeof value === 'object',
    (value) => t.success(value as object),
    (value) => value,
  );

  it('is an object of a codec without known parts when it closes', () => {
    expect(read(t.type({ a: Whole }), '{"a":{"b":["x"]}}').partials).toEqual([{}, { a: { b: ['x'] } }]);
  });

  it.each<[string, t.Mixed, string, unknown, readonly string[]]>([
    ['a leaf', t.type({ a: t.number }), '{"a":"x"}', {}, ['a: expected number, got "x"']],
    ['a string', t.type({ a: t.string }), '{"a":5}', {}, ['a: expected string, got 5']],
    ['an optional field', t.partial({ a: t.number }), '{"a":"x"}', {}, ['a: expected number, got "x"']],
    ['an enum', t.type({ a: t.keyof({ a: null }) }), '{"a":"b"}', {}, ['a: expected "a", got "b"']],
    ['a brand', t.type({ a: Email }), '{"a":"b"}', {}, ['a: expected Email, got "b"']],
    ['an object', t.type({ a: t.type({}) }), '{"a":[1]}', {}, ['a: expected object, got an array']],
    ['a refined object', t.type({ a: Refined }), '{"a":5}', {}, ['a: expected object, got 5']],
    ['a list', t.type({ a: t.array(t.string) }), '{"a":{"b":1}}', {}, ['a: expected array, got an object']],
    ['an item', t.array(t.number), '[1,"x",2]', [1, 2], ['1: expected number, got "x"']],
    [
      'a union',
      t.type({ a: t.union([t.number, t.boolean]) }),
      '{"a":"x"}',
      {},
      ['a: expected number or boolean, got "x"'],
    ],
    [
      'the part of a record',
      t.record(t.string, t.number),
      '{"a":"x","b":1}',
      { b: 1 },
      ['a: expected number, got "x"'],
    ],
    [
      'a required field that is null',
      t.type({ a: t.string }),
      '{"a":null}',
      {},
      ['a: expected string, got null'],
    ],
    [
      'a field that is missing',
      t.type({ a: t.type({ b: t.string }) }),
      '{"a":{}}',
      { a: {} },
      ['a/b: expected string, got nothing'],
    ],
    [
      'a missing name of a record',
      t.record(t.keyof({ a: null, b: null }), t.string),
      '{"a":"x"}',
      { a: 'x' },
      ['b: expected string, got nothing'],
    ],
    [
      '… whose names are literals',
      t.record(t.union([t.literal('a'), t.literal('b')]), t.string),
      '{"a":"x","note":5}',
      { a: 'x', note: 5 },
      ['b: expected string, got nothing'],
    ],
    [
      '… whose names are literals or any',
      t.record(t.union([t.literal('a'), t.string]), t.string),
      '{"b":5}',
      {},
      ['b: expected string, got 5'],
    ],
    [
      'a literal after a field that the member does not have',
      t.union([t.type({ kind: t.literal('a'), n: t.number }), t.type({ kind: t.literal('b'), n: t.string })]),
      '{"n":"x","kind":"a"}',
      { n: 'x' },
      ['kind: expected "b", got "a"'],
    ],
    [
      '… or has as a list',
      t.union([
        t.type({ kind: t.literal('a'), n: t.array(t.string) }),
        t.type({ kind: t.literal('b'), n: t.type({}) }),
      ]),
      '{"n":{},"kind":"a"}',
      { n: {} },
      ['kind: expected "b", got "a"'],
    ],
    [
      '… or reads by a codec of its own',
      t.union([t.type({ kind: t.literal('a'), n: Trimmed }), t.type({ kind: t.literal('b'), n: t.boolean })]),
      '{"n":true,"kind":"a"}',
      { n: true },
      ['kind: expected "b", got "a"'],
    ],
    [
      'a missing field of the member that is meant',
      t.type({ s: Shape }),
      '{"s":{"kind":"circle","label":""}}',
      { s: { kind: 'circle', label: '' } },
      ['s/r: expected number, got nothing'],
    ],
  ])('is nothing of what does not fit: %s', (_, codec, text, expected, issues) => {
    const result = read(codec, text);
    expect(result.partials.at(-1)).toEqual(expected);
    expect(result.issues).toEqual(issues);
  });

  it.each<[string, t.Mixed, string, unknown]>([
    [
      'a literal after what its member reads as a number',
      t.union([
        t.type({ kind: t.literal('a'), n: fromText }),
        t.type({ kind: t.literal('b'), n: t.boolean }),
        t.type({ kind: t.literal('c'), n: t.string }),
      ]),
      '{"n":"1","kind":"a"}',
      { n: '1', kind: 'a' },
    ],
    ['a null in place of an optional field', t.partial({ a: t.string }), '{"a":null}', {}],
    [
      'a null in place of an optional field that only the member has which is meant',
      t.union([
        t.intersection([t.type({ kind: t.literal('a') }), t.partial({ n: t.number })]),
        t.type({ kind: t.literal('b') }),
      ]),
      '{"n":null,"kind":"a"}',
      { kind: 'a' },
    ],
    ['a null that a field takes', t.partial({ a: t.union([t.string, t.null]) }), '{"a":null}', { a: null }],
    [
      'a null in place of an optional field of a record',
      t.record(t.string, t.union([t.string, t.undefined])),
      '{"a":null}',
      {},
    ],
    ['a field that no codec names', t.type({ a: t.number }), '{"b":"x","a":1}', { a: 1, b: 'x' }],
    ['a field that is missing where it is open which object it is', Shape, '{"value":{}}', {}],
    ['a field that is missing, but has a default', t.type({ a: t.union([t.string, t.undefined]) }), '{}', {}],
    ['a null with a default, in a list', t.array(withDefault(t.string, 'none')), '["a",null]', ['a']],
    ['a number that has a fallback', t.type({ a: withFallback(t.number, 0) }), '{"a":"x"}', {}],
    ['an item of a list that has a fallback', withFallback(t.array(t.number), []), '[1,"x"]', [1]],
    ['a field of an object that has a fallback', withFallback(t.type({ a: t.number }), { a: 0 }), '{}', {}],
    [
      'a literal that has a fallback, beside another',
      t.array(
        t.union([
          t.type({
            kind: t.union([withFallback(t.literal('dot'), 'dot'), t.literal('dash')]),
            at: t.string,
          }),
          t.type({ r: t.number }),
        ]),
      ),
      '[{"kind":"point","at":"x"}]',
      [{ at: 'x' }],
    ],
    [
      'a null in place of an optional field of a codec that throws',
      t.partial({ a: Trimmed }),
      '{"a":null}',
      {},
    ],
    [
      'an object that a refined unknown takes',
      t.type({
        s: t.union([t.refinement(t.unknown, (value) => typeof value === 'object'), t.type({ a: t.string })]),
      }),
      '{"s":{"b":5}}',
      { s: { b: 5 } },
    ],
    ['a number that is read from its text', t.type({ a: fromText }), '{"a":"5"}', {}],
  ])('has no issue with %s', (_, codec, text, expected) => {
    const result = read(codec, text);
    expect(result.partials.at(-1)).toEqual(expected);
    expect(result.issues).toEqual([]);
  });

  it('never has an issue with what the codec accepts, and in the end shows all of it', () => {
    fc.assert(
      fc.property(
        described.chain(({ codec, written }) =>
          written.chain((value) => {
            const text = JSON.stringify(isObjectCodec(codec) ? value : { value });
            return piecesOf(text).map((pieces) => ({ codec, value, pieces }));
          }),
        ),
        ({ codec, value, pieces }) => {
          const whole = omitNulls(codec)(value);
          const reader = new OutputReader<unknown, unknown>(outputFormat(codec, 'bare'));
          const wrong = pieces.filter((piece) => {
            reader.push(piece);
            return reader.issues.length > 0 || !isPartOf(reader.partial, whole);
          });
          expect(wrong).toEqual([]);
          // Of a union's members one may name a field that another takes without naming it.
          if (!codec.name.includes(' | ')) expect(reader.partial).toEqual(whole);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('reads a codec once', () => {
    expect(outlineOf(Tree)).toBe(outlineOf(Tree));
    const outline = outlineOf(Tree);
    expect(outline.field('below').item(7).field('below')).toBe(outline.field('below'));
    const shape = outlineOf(Shape);
    expect(shape.after('kind', 'circle')).toBe(shape.after('kind', 'circle'));
    expect(shape.after('kind', 'dot')).toBe(shape);
    expect(outlineOf(t.record(t.string, t.string))).toBeInstanceOf(Outline);
  });

  it('keeps nothing of the names that a model invents', () => {
    const outline = outlineOf(t.record(t.string, t.union([t.string, t.number])));
    expect(outline.field('a')).toBe(outline.field('b'));
    const reader = new JsonReader({ shape: outline });
    reader.push('{"__proto__":"x","constructor":1}');
    expect(JSON.stringify(reader.value)).toBe('{"__proto__":"x","constructor":1}');
  });
});

/** Whether a value is all that a partial one shows, and perhaps more; `null` may stand for a missing field. */
function isPartOf(partial: unknown, whole: unknown): boolean {
  if (partial === undefined || (partial === null && whole === undefined) || Object.is(partial, whole))
    return true;
  if (typeof partial === 'string') return typeof whole === 'string' && whole.startsWith(partial);
  if (typeof partial !== 'object' || typeof whole !== 'object' || partial === null || whole === null)
    return false;
  return (
    Array.isArray(partial) === Array.isArray(whole) &&
    Object.entries(partial).every(([name, part]) => isPartOf(part, Reflect.get(whole, name)))
  );
}
