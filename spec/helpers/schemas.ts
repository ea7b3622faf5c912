import fc from 'fast-check';
import * as t from 'io-ts';

import { annotate } from '../../lib/schema/annotate';
import type { JsonSchema } from '../../lib/request/JsonSchema';

/** A codec, and what it takes, as strict mode has it written: `null` for a field that is missing. */
export interface Described {
  readonly codec: t.Mixed;
  readonly written: fc.Arbitrary<unknown>;
}

const NumberFromText = annotate(
  new t.Type<number, string>(
    'NumberFromText',
    t.number.is,
    (value, context) =>
      typeof value === 'string' && /^\d+$/.test(value) ? t.success(Number(value)) : t.failure(value, context),
    String,
  ),
  { type: 'string', pattern: '^[0-9]+$' },
);

const WithDefault = annotate(
  new t.Type<string>(
    'WithDefault',
    t.string.is,
    (value, context) => t.string.validate(value === undefined ? 'none' : value, context),
    (value) => value,
  ),
  { type: 'string' },
);

interface Tree {
  readonly name: string;
  readonly below: Tree[];
  readonly next?: Tree;
}
const Tree: t.Type<Tree> = t.recursion('Tree', () =>
  t.intersection([t.type({ name: t.string, below: t.array(Tree) }), t.partial({ next: Tree })]),
);
const leaf = { name: 'leaf', below: [], next: null };
const tree = fc.constantFrom(leaf, { name: 'root', below: [leaf, leaf], next: { ...leaf, next: leaf } });

const text = fc.string({ maxLength: 4 });
const leaves: readonly Described[] = [
  { codec: t.string, written: text },
  { codec: t.number, written: fc.oneof(fc.integer(), fc.constant(0.5)) },
  { codec: t.Int, written: fc.integer() },
  { codec: t.boolean, written: fc.boolean() },
  { codec: t.null, written: fc.constant(null) },
  { codec: t.literal('a'), written: fc.constant('a') },
  { codec: t.literal(1), written: fc.constant(1) },
  { codec: t.keyof({ a: null, b: null }), written: fc.constantFrom('a', 'b') },
  { codec: t.union([t.literal('x'), t.literal('y'), t.literal(2)]), written: fc.constantFrom('x', 'y', 2) },
  { codec: NumberFromText, written: fc.nat().map(String) },
  { codec: WithDefault, written: text },
  { codec: annotate(t.string, { description: 'Words.' }), written: text },
  { codec: Tree, written: tree },
];

type Fields = Readonly<Record<string, Described>>;

const codecsOf = (fields: Fields): t.Props =>
  Object.fromEntries(Object.entries(fields).map(([name, { codec }]) => [name, codec]));

const writtenOf = (fields: Fields): fc.Arbitrary<Readonly<Record<string, unknown>>> =>
  fc.record(Object.fromEntries(Object.entries(fields).map(([name, { written }]) => [name, written])));

const orNull = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, { codec, written }]) => [
      name,
      { codec, written: fc.option(written) },
    ]),
  );

/** Codecs of every kind that strict mode knows, and what each takes. */
export const described: fc.Arbitrary<Described> = fc.letrec<{
  any: Described;
  fields: Fields;
  others: Fields;
}>((tie) => {
  const object = (make: (props: t.Props) => t.Mixed, missing = false): fc.Arbitrary<Described> =>
    tie('fields').map((fields) => ({
      codec: make(codecsOf(fields)),
      written: writtenOf(missing ? orNull(fields) : fields),
    }));
  return {
    fields: fc.dictionary(fc.constantFrom('a', 'b', 'value', 'd e'), tie('any'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    others: fc.dictionary(fc.constantFrom('x', 'y'), tie('any'), { maxKeys: 2, noNullPrototype: true }),
    any: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(...leaves),
      tie('any').map(({ codec, written }) => ({
        codec: t.array(codec),
        written: fc.array(written, { maxLength: 3 }),
      })),
      tie('any').map(({ codec, written }) => ({
        codec: t.readonlyArray(codec),
        written: fc.array(written, { maxLength: 3 }),
      })),
      tie('any').map(({ codec, written }) => ({ codec: t.readonly(codec), written })),
      tie('any').map(({ codec, written }) => ({
        codec: t.brand(codec, (_): _ is t.Branded<unknown, { readonly All: symbol }> => true, 'All'),
        written,
      })),
      tie('any').map(({ codec, written }) => ({
        codec: t.record(t.keyof({ k: null, l: null }), codec),
        written: fc.record({ k: written, l: written }),
      })),
      fc.tuple(tie('any'), tie('any')).map(([one, other]) => ({
        codec: t.union([one.codec, other.codec]),
        written: fc.oneof(one.written, other.written),
      })),
      tie('any').map(({ codec, written }) => ({
        codec: t.type({ may: t.union([codec, t.undefined]) }),
        written: fc.record({ may: fc.option(written) }),
      })),
      object((props) => t.type(props)),
      object((props) => t.strict(props)),
      object((props) => t.partial(props), true),
      fc.tuple(tie('fields'), tie('others'), tie('others')).map(([fields, one, other]) => ({
        codec: t.intersection([
          t.type(codecsOf(fields)),
          t.union([
            t.type({ kind: t.literal('one'), ...codecsOf(one) }),
            t.intersection([t.type({ kind: t.literal('other') }), t.partial(codecsOf(other))]),
          ]),
        ]),
        written: fc
          .tuple(
            writtenOf(fields),
            fc.oneof(
              writtenOf(one).map((rest) => ({ kind: 'one', ...rest })),
              writtenOf(orNull(other)).map((rest) => ({ kind: 'other', ...rest })),
            ),
          )
          .map(([base, member]) => ({ ...base, ...member })),
      })),
      fc.tuple(tie('fields'), tie('others')).map(([fields, others]) => ({
        codec: t.intersection([t.type(codecsOf(fields)), t.exact(t.partial(codecsOf(others)))]),
        written: fc
          .tuple(writtenOf(fields), writtenOf(orNull(others)))
          .map(([one, other]) => ({ ...one, ...other })),
      })),
    ),
  };
}).any;

/** Draws a value of a schema in the subset that `jsonSchemaOf` writes. */
export function valueOf(schema: JsonSchema, random: () => number, root = schema, depth = 0): unknown {
  const among = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const draw = (of: JsonSchema): unknown => valueOf(of, random, root, depth + 1);
  const { $ref, enum: values, anyOf, type, items, properties, pattern } = schema;
  if (typeof $ref === 'string') {
    const defs = root['$defs'] as Readonly<Record<string, JsonSchema>>;
    return draw(defs[$ref.replace('#/$defs/', '')] ?? {});
  }
  if (values !== undefined) return among(values as readonly unknown[]);
  if (anyOf !== undefined) {
    const members = anyOf as readonly JsonSchema[];
    // Deep down a recursion ends.
    return draw(
      (depth > 8 ? members.find((member) => member['type'] === 'null') : undefined) ?? among(members),
    );
  }
  switch (type) {
    case 'string':
      return pattern === undefined ? among(['', 'a', 'x', 'null', '__proto__']) : among(['0', '12']);
    case 'number':
      return among([0, 1, 2, -1.5]);
    case 'integer':
      return among([0, 1, 2]);
    case 'boolean':
      return random() < 0.5;
    case 'null':
      return null;
    case 'array':
      return Array.from({ length: depth > 6 ? 0 : Math.floor(random() * 3) }, () =>
        draw(items as JsonSchema),
      );
    case 'object':
      return Object.fromEntries(
        Object.entries(properties as Readonly<Record<string, JsonSchema>>).map(([name, of]) => [
          name,
          draw(of),
        ]),
      );
    default:
      throw new Error(`no value of ${JSON.stringify(schema)}`);
  }
}
