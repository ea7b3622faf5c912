import * as t from 'io-ts';

import { annotate } from '../../lib/schema/annotate';
import { jsonSchemaOf } from '../../lib/schema/jsonSchemaOf';
import { responseFormatOf } from '../../lib/schema/responseFormatOf';
import { isObjectCodec } from '../../lib/schema/isObjectCodec';

const Person = t.type({ name: t.string }, 'Person');

describe('responseFormatOf', () => {
  it('requests an object unwrapped, in strict mode', () => {
    expect(responseFormatOf(Person)).toEqual({
      type: 'json_schema',
      json_schema: { name: 'Person', schema: jsonSchemaOf(Person), strict: true },
    });
  });

  it('has the name, the description and the mode of its options', () => {
    const { json_schema } = responseFormatOf(Person, {
      name: 'a person',
      description: 'Who?',
      strict: false,
    });
    expect(json_schema).toEqual({
      name: 'a_person',
      description: 'Who?',
      schema: jsonSchemaOf(Person, { strict: false }),
      strict: false,
    });
  });

  it.each<[string, t.Mixed, unknown]>([
    ['a list', t.array(t.string), { type: 'array', items: { type: 'string' } }],
    ['a union', t.union([t.string, t.null]), { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    ['an enum', t.keyof({ a: null }), { type: 'string', enum: ['a'] }],
  ])('asks for %s as the value of an object', (_, codec, value) => {
    expect(responseFormatOf(codec).json_schema.schema).toEqual({
      type: 'object',
      properties: { value },
      required: ['value'],
      additionalProperties: false,
    });
  });

  it('keeps the definitions at the root of what it wraps', () => {
    const List: t.Type<List> = t.recursion('List', () => t.array(t.type({ of: List })));
    expect(responseFormatOf(List).json_schema.schema).toMatchObject({
      properties: { value: { $ref: '#/$defs/List' } },
      $defs: { List: { type: 'array' } },
    });
  });

  it.each([
    ['Person', 'Person'],
    ['{ name: string }', 'name_string'],
    ['Größe (cm)', 'Gr_e_cm'],
    ['…', 'value'],
    ['a'.repeat(80), 'a'.repeat(64)],
  ])('makes the name %s fit', (name, fit) => {
    expect(responseFormatOf(Person, { name }).json_schema.name).toBe(fit);
  });
});

type List = { readonly of: List }[];

describe('isObjectCodec', () => {
  it.each<[t.Mixed, boolean]>([
    [Person, true],
    [t.readonly(t.exact(t.partial({}))), true],
    [t.intersection([Person, t.partial({})]), true],
    [t.record(t.string, t.string), true],
    [t.UnknownRecord, true],
    [t.recursion('R', (): t.Mixed => Person), true],
    [t.array(t.string), false],
    [t.tuple([t.string]), false],
    [t.union([Person, Person]), false],
    [t.string, false],
    [annotate(t.unknown, { type: 'object' }), true],
    [annotate(Person, { type: 'array' }), false],
  ])('of %s is %s', (codec, isObject) => {
    expect(isObjectCodec(codec)).toBe(isObject);
  });
});
