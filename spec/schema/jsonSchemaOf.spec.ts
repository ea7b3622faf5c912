import Ajv, { type ValidateFunction } from 'ajv';
import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import { isRight } from 'fp-ts/Either';
import * as t from 'io-ts';

import { annotate } from '../../lib/schema/annotate';
import { jsonSchemaOf } from '../../lib/schema/jsonSchemaOf';
import { omitNulls } from '../../lib/schema/omitNulls';
import { responseFormatOf } from '../../lib/schema/responseFormatOf';
import { isObjectCodec } from '../../lib/schema/isObjectCodec';
import { described, valueOf, type Described } from '../helpers/schemas';
import type { JsonSchema } from '../../lib/request/JsonSchema';

interface Tree {
  readonly name: string;
  readonly below: Tree[];
}
const Tree: t.Type<Tree> = t.recursion('Tree', () => t.type({ name: t.string, below: t.array(Tree) }));

const DateFromISO = new t.Type<Date, string>(
  'DateFromISO',
  (value): value is Date => value instanceof Date,
  (value, context) => t.failure(value, context),
  (date) => date.toISOString(),
);

const WithDefault = new t.Type<string>(
  'WithDefault',
  t.string.is,
  (value, context) => t.string.validate(value ?? 'none', context),
  (value) => value,
);

const object = (properties: JsonSchema, required = Object.keys(properties)): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });
const text = { type: 'string' };
const strictOf = (codec: t.Mixed): JsonSchema | undefined =>
  (jsonSchemaOf(t.type({ a: codec }))['properties'] as Readonly<Record<string, JsonSchema>>)['a'];
const looseOf = (codec: t.Mixed): JsonSchema => jsonSchemaOf(codec, { strict: false });

describe('jsonSchemaOf', () => {
  it.each<[string, t.Mixed, JsonSchema]>([
    ['a string', t.string, text],
    ['a number', t.number, { type: 'number' }],
    ['an integer', t.Int, { type: 'integer' }],
    ['a boolean', t.boolean, { type: 'boolean' }],
    ['null', t.null, { type: 'null' }],
    ['a literal', t.literal('a'), { type: 'string', enum: ['a'] }],
    ['keys', t.keyof({ a: null, b: null }), { type: 'string', enum: ['a', 'b'] }],
    [
      'literals of one type',
      t.union([t.literal('a'), t.keyof({ b: null })]),
      { type: 'string', enum: ['a', 'b'] },
    ],
    [
      'literals of two types',
      t.union([t.literal('a'), t.literal(1), t.literal('b')]),
      {
        anyOf: [
          { type: 'string', enum: ['a', 'b'] },
          { type: 'number', enum: [1] },
        ],
      },
    ],
    [
      'a union in a union',
      t.union([t.union([t.string, t.number]), t.null]),
      { anyOf: [text, { type: 'number' }, { type: 'null' }] },
    ],
    ['what may be undefined', t.union([t.string, t.undefined]), orNull(text)],
    ['what has a default', annotate(WithDefault, text), orNull(text)],
    ['what may be undefined or null', t.union([t.string, t.null, t.undefined]), orNull(text)],
    ['a list', t.array(t.string), { type: 'array', items: text }],
    ['a readonly list', t.readonlyArray(t.string), { type: 'array', items: text }],
    ['an object', t.type({ b: t.string }), object({ b: text })],
    ['a partial object', t.partial({ b: t.string }), object({ b: orNull(text) })],
    ['an exact object', t.strict({ b: t.string }), object({ b: text })],
    [
      'an object in parts',
      t.intersection([t.type({ b: t.string }), t.readonly(t.partial({ c: t.string }))]),
      object({ b: text, c: orNull(text) }),
    ],
    [
      'an intersection with unions',
      t.intersection([
        t.union([t.type({ b: t.string }), t.type({ c: t.string })]),
        t.type({ d: t.string }),
        t.union([t.type({}), t.partial({ e: t.string })]),
      ]),
      {
        anyOf: [
          object({ b: text, d: text }),
          object({ b: text, d: text, e: orNull(text) }),
          object({ c: text, d: text }),
          object({ c: text, d: text, e: orNull(text) }),
        ],
      },
    ],
    ['a record of known names', t.record(t.keyof({ b: null }), t.string), object({ b: text })],
    [
      'a refinement',
      t.brand(t.string, (s): s is t.Branded<string, { readonly Email: symbol }> => s.includes('@'), 'Email'),
      text,
    ],
    ['a field that every object inherits', t.type(JSON.parse('{}')), object({})],
  ])('describes %s', (_, codec, expected) => {
    expect(strictOf(codec)).toStrictEqual(expected);
  });

  it.each<[string, t.Mixed, JsonSchema]>([
    ['an optional field is not required', t.partial({ a: t.string }), object({ a: text }, [])],
    [
      'what has a default is not required',
      t.type({ a: annotate(WithDefault, text) }),
      object({ a: text }, []),
    ],
    ['undefined is left out', t.type({ a: t.union([t.string, t.undefined]) }), object({ a: text }, [])],
    [
      'a tuple is a list of known length',
      t.tuple([t.string, t.number]),
      { type: 'array', prefixItems: [text, { type: 'number' }], minItems: 2, maxItems: 2 },
    ],
    [
      'a record is an object',
      t.record(t.string, t.number),
      { type: 'object', additionalProperties: { type: 'number' } },
    ],
    ['anything is anything', t.unknown, {}],
    ['any list is one', t.UnknownArray, { type: 'array' }],
    ['any object is one', t.UnknownRecord, { type: 'object' }],
    ['the root is of any kind', t.union([t.string, t.number]), { anyOf: [text, { type: 'number' }] }],
  ])('without strict mode: %s', (_, codec, expected) => {
    expect(looseOf(codec)).toStrictEqual(expected);
    expect(new Ajv2020({ strict: true, strictTypes: false }).validateSchema(looseOf(codec))).toBe(true);
  });

  it.each<[string, t.Mixed, string]>([
    [
      'a codec of its own',
      t.type({ born: t.type({ at: DateFromISO }) }),
      'born/at: no schema for DateFromISO: annotate(codec, { type: … })',
    ],
    [
      'a codec of its own in a list',
      t.type({ all: t.array(DateFromISO) }),
      'all/*: no schema for DateFromISO: annotate(codec, { type: … })',
    ],
    [
      'a codec of its own in a union',
      t.type({ a: t.union([t.null, DateFromISO]) }),
      'a: no schema for DateFromISO: annotate(codec, { type: … })',
    ],
    ['anything', t.type({ a: t.unknown }), 'a: no schema for unknown: annotate(codec, { type: … })'],
    ['nothing', t.type({ a: t.undefined }), 'a: no schema for undefined: annotate(codec, { type: … })'],
    ['a function', t.type({ a: t.Function }), 'a: no schema for Function: annotate(codec, { type: … })'],
    ['a tuple', t.type({ a: t.tuple([t.string]) }), 'a: strict mode has no tuples: use an object'],
    [
      'a record',
      t.type({ a: t.record(t.string, t.string) }),
      'a: strict mode has no records: use a list of pairs',
    ],
    [
      'a field in two parts',
      t.intersection([t.type({ a: t.string }), t.type({ a: t.number })]),
      'a: a field in two parts of an intersection: leave it out of one',
    ],
    [
      'an intersection with a list',
      t.type({ a: t.intersection([t.type({}), t.array(t.string)]) }),
      'a: no schema for an intersection with Array<string>: annotate(codec, { type: … })',
    ],
    [
      'an intersection with a union of other values',
      t.type({ a: t.intersection([t.type({}), t.union([t.type({}), t.string])]) }),
      'a: no schema for an intersection with string: annotate(codec, { type: … })',
    ],
    [
      'a root that is a list',
      t.array(t.string),
      'the codec: strict mode takes only an object at the root: use responseFormatOf',
    ],
    [
      'a root that is a union',
      t.union([t.type({}), t.partial({})]),
      'the codec: strict mode takes only an object at the root: use responseFormatOf',
    ],
    [
      'a keyword',
      t.type({ a: annotate(t.string, { oneOf: [] }) }),
      'a: strict mode has no oneOf: leave it out, or set strict to false',
    ],
  ])('refuses %s, and says where', (_, codec, message) => {
    const refused = expect(() => jsonSchemaOf(codec));
    refused.toThrow(expect.objectContaining({ _tag: 'RequestError', message }) as Error);
  });

  it('takes the keywords that a codec is annotated with', () => {
    const Person = annotate(
      t.type({
        name: annotate(t.string, { description: 'Full name' }),
        born: annotate(DateFromISO, { type: 'string', format: 'date-time' }),
        nick: t.union([annotate(t.string, { description: 'Short name' }), t.undefined]),
        pair: annotate(t.tuple([t.string, t.string]), {
          type: 'array',
          items: text,
          minItems: 2,
          maxItems: 2,
        }),
      }),
      { description: 'A person' },
    );
    expect(jsonSchemaOf(Person)).toStrictEqual({
      ...object({
        name: { type: 'string', description: 'Full name' },
        born: { type: 'string', format: 'date-time' },
        nick: orNull({ type: 'string', description: 'Short name' }),
        pair: { type: 'array', items: text, minItems: 2, maxItems: 2 },
      }),
      description: 'A person',
    });
  });

  it.each(['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'])(
    'takes %s for the schema of a codec without one, if not in strict mode',
    (keyword) => {
      const codec = annotate(DateFromISO, { [keyword]: [] });
      expect(jsonSchemaOf(t.array(codec), { strict: false })).toEqual({
        type: 'array',
        items: { [keyword]: [] },
      });
    },
  );

  it('takes the keywords of the parts of an object', () => {
    const codec = t.intersection([
      annotate(t.type({ a: t.string }), { description: 'A.' }),
      t.partial({ b: t.string }),
    ]);
    expect(jsonSchemaOf(codec)).toStrictEqual({ ...object({ a: text, b: orNull(text) }), description: 'A.' });
  });

  it('refers to a recursion by its name, and describes it at the root', () => {
    const tree = object({ name: text, below: { type: 'array', items: { $ref: '#/$defs/Tree' } } });
    expect(jsonSchemaOf(Tree)).toStrictEqual({ ...tree, $defs: { Tree: tree } });
    expect(jsonSchemaOf(t.type({ a: Tree, b: annotate(Tree, { description: 'B.' }) }))).toStrictEqual({
      ...object({ a: { $ref: '#/$defs/Tree' }, b: { anyOf: [{ $ref: '#/$defs/Tree' }], description: 'B.' } }),
      $defs: { Tree: tree },
    });
  });

  it('distinguishes recursions with the same name', () => {
    interface Other {
      readonly other?: Other;
    }
    const Other: t.Type<Other> = t.recursion('Tree', () => t.partial({ other: Other }));
    const { $defs } = jsonSchemaOf(t.type({ a: Tree, b: Other }));
    expect(Object.keys($defs as object)).toEqual(['Tree', 'Tree_2']);
  });

  // Each validator runs a few times, which is less than its code takes to be optimized.
  const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: false, code: { optimize: false } });
  const judge = (schema: JsonSchema): ValidateFunction => ajv.compile(schema);
  const schemaOf = ({ codec }: Described): JsonSchema => responseFormatOf(codec).json_schema.schema ?? {};
  const unwrapped = (codec: t.Mixed): t.Mixed => (isObjectCodec(codec) ? codec : t.type({ value: codec }));

  it('describes only what the codec accepts, for any codec', () => {
    const counts = { codecs: 0, values: 0, misses: 0 };
    fc.assert(
      fc.property(described, fc.nat(), (each, seed) => {
        const schema = schemaOf(each);
        const validate = judge(schema);
        const codec = unwrapped(each.codec);
        const random = seeded(seed);
        counts.codecs += 1;
        for (let n = 0; n < 5; n += 1) {
          const value = valueOf(schema, random);
          expect(validate(value)).toBe(true);
          counts.values += 1;
          if (!isRight(codec.decode(omitNulls(codec)(value)))) counts.misses += 1;
        }
        expect(counts.misses).toBe(0);
      }),
      { numRuns: 3_000 },
    );
    process.stderr.write(
      `jsonSchemaOf: ${counts.codecs} codecs, ${counts.values} values of their schemas, ${counts.misses} refused\n`,
    );
  }, 60_000);

  it('describes all that the codec accepts, for any codec', () => {
    fc.assert(
      fc.property(
        described.chain((each) => fc.tuple(fc.constant(each), each.written)),
        ([each, written]) => {
          const codec = unwrapped(each.codec);
          const value = codec === each.codec ? written : { value: written };
          expect(judge(schemaOf(each))(value)).toBe(true);
          expect(isRight(codec.decode(omitNulls(codec)(value)))).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  }, 60_000);

  it('uses only the keywords of strict mode and of annotations', () => {
    const words = [
      'type',
      'enum',
      'anyOf',
      'items',
      'properties',
      'required',
      'additionalProperties',
      '$ref',
      '$defs',
      'description',
      'pattern',
    ];
    const wordsOf = (schema: JsonSchema): string[] =>
      Object.entries(schema).flatMap(([word, value]) => [
        word,
        ...(word === 'properties' || word === '$defs'
          ? Object.values(value as Readonly<Record<string, JsonSchema>>).flatMap(wordsOf)
          : word === 'anyOf'
            ? (value as readonly JsonSchema[]).flatMap(wordsOf)
            : word === 'items'
              ? wordsOf(value as JsonSchema)
              : []),
      ]);
    fc.assert(
      fc.property(described, (each) => {
        const schema = schemaOf(each);
        expect(wordsOf(schema).filter((word) => !words.includes(word))).toEqual([]);
        const noted = annotate(each.codec, { description: 'Noted.' });
        expect(schemaOf({ ...each, codec: annotate(noted, { description: 'Noted.' }) })).toEqual(
          schemaOf({ ...each, codec: noted }),
        );
        expect(schemaOf(each)).toEqual(schema);
      }),
      { numRuns: 300 },
    );
  });
});

/** A small generator of numbers below 1, the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
