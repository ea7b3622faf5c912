import * as t from 'io-ts';

import { taggedOf } from '../decode/Tagged';
import { RequestError } from '../errors';
import type { JsonSchema } from '../request/JsonSchema';
import { isOptional } from './accepts';
import { keywordsOf } from './annotate';
import { collectFields, type Field } from './objectFields';
import { below, impossible, type SchemaContext } from './SchemaContext';
import { addMember, has, membersOf, orNull, valuesOf } from './unions';

/**
 * Returns the schema of a codec, with its definitions at the root.
 *
 * @param wrap - Wraps a schema that is not an object. Omit it if the schema is the root itself.
 */
export function describeRoot(
  codec: t.Any,
  strict: boolean,
  wrap?: (schema: JsonSchema) => JsonSchema,
): JsonSchema {
  const context: SchemaContext = { strict, defs: new Map(), path: [] };
  const root = wrap === undefined ? describe(codec, context, true) : wrap(describe(codec, context));
  if (strict && root['type'] !== 'object') {
    throw impossible(context, 'strict mode takes only an object at the root: use responseFormatOf');
  }
  const defs = [...context.defs.values()].map(({ name, schema }) => [name, schema] as const);
  return defs.length === 0 ? root : { ...root, $defs: Object.fromEntries(defs) };
}

/** Keywords that describe a value by themselves, so they replace a missing schema. */
const DESCRIBING = ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'];

/** Keywords that OpenAI's strict mode rejects. */
const REJECTED = [
  'allOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentRequired',
  'dependentSchemas',
  'patternProperties',
  'prefixItems',
];

function describe(codec: t.Any, context: SchemaContext, isRoot = false): JsonSchema {
  const schema = annotated(codec, context, isRoot);
  if (schema instanceof RequestError) throw schema;
  return schema;
}

/** A schema, or the error if the codec itself has none. Errors of its parts are thrown. */
type Described = JsonSchema | RequestError;

function annotated(codec: t.Any, context: SchemaContext, isRoot: boolean): Described {
  const schema = ownSchema(codec, context, isRoot);
  const keywords = keywordsOf(codec);
  if (keywords === undefined) return schema;
  const rejected = context.strict ? REJECTED.find((name) => has(keywords, name)) : undefined;
  if (rejected !== undefined)
    return impossible(context, `strict mode has no ${rejected}: leave it out, or set strict to false`);
  if (schema instanceof RequestError)
    return DESCRIBING.some((name) => has(keywords, name)) ? keywords : schema;
  // Strict mode allows no keywords beside `$ref`.
  return has(schema, '$ref') ? { anyOf: [schema], ...keywords } : { ...schema, ...keywords };
}

function ownSchema(codec: t.Any, context: SchemaContext, isRoot: boolean): Described {
  const tagged = taggedOf(codec);
  const unlessStrict = (schema: JsonSchema): Described =>
    context.strict ? noSchema(codec, context) : schema;
  switch (tagged._tag) {
    case 'StringType':
      return { type: 'string' };
    case 'NumberType':
      return { type: 'number' };
    case 'BooleanType':
      return { type: 'boolean' };
    case 'NullType':
      return { type: 'null' };
    case 'LiteralType':
      return { type: typeof tagged.value, enum: [tagged.value] };
    case 'KeyofType':
      return { type: 'string', enum: Object.keys(tagged.keys) };
    case 'ArrayType':
    case 'ReadonlyArrayType':
      return { type: 'array', items: describe(tagged.type, below(context, '*')) };
    case 'UnionType':
      return unionOf(codec, tagged.types, context);
    case 'InterfaceType':
    case 'PartialType':
    case 'StrictType':
      return objectOf(codec, context);
    case 'IntersectionType': {
      const alternatives = alternativesOf(tagged.types);
      return alternatives === undefined ? objectOf(codec, context) : unionOf(codec, alternatives, context);
    }
    case 'ReadonlyType':
    case 'ExactType':
      return annotated(tagged.type, context, isRoot);
    case 'RefinementType':
      return codec.name === 'Int' ? { type: 'integer' } : annotated(tagged.type, context, isRoot);
    case 'RecursiveType':
      return isRoot ? annotated(tagged.type, context, isRoot) : referTo(tagged.type, context);
    case 'DictionaryType':
      return recordOf(tagged.domain, tagged.codomain, context);
    case 'TupleType':
      return context.strict
        ? impossible(context, 'strict mode has no tuples: use an object')
        : tupleOf(tagged.types, context);
    case 'UnknownType':
      return unlessStrict({});
    case 'AnyArrayType':
      return unlessStrict({ type: 'array' });
    case 'AnyDictionaryType':
      return unlessStrict({ type: 'object' });
    default:
      return noSchema(codec, context);
  }
}

const noSchema = (codec: t.Any, context: SchemaContext): RequestError =>
  impossible(context, `no schema for ${codec.name}: annotate(codec, { type: … })`);

function unionOf(codec: t.Any, types: readonly t.Any[], context: SchemaContext): Described {
  const members: JsonSchema[] = [];
  for (const type of types) {
    // A missing field, which JSON cannot express.
    if (['UndefinedType', 'VoidType'].includes(taggedOf(type)._tag)) continue;
    const schema = annotated(type, context, false);
    if (schema instanceof RequestError) return schema;
    for (const member of membersOf(schema)) addMember(members, member);
  }
  const [first, ...others] = members;
  if (first === undefined) return noSchema(codec, context);
  return others.length === 0 ? first : { anyOf: members };
}

/** Returns an intersection for each member of the first union among the parts; `undefined` without a union. */
function alternativesOf(parts: readonly t.Mixed[]): readonly t.Any[] | undefined {
  const union = parts.find((part) => taggedOf(part)._tag === 'UnionType');
  const tagged = union && taggedOf(union);
  if (tagged?._tag !== 'UnionType') return undefined;
  return tagged.types.map((member) =>
    t.intersection(parts.map((part) => (part === union ? member : part)) as [t.Mixed, t.Mixed]),
  );
}

/** Returns one object schema with the fields of all parts. */
function objectOf(codec: t.Any, context: SchemaContext): Described {
  const fields = new Map<string, Field>();
  const keywords: Record<string, unknown> = {};
  const problem = collectFields(codec, context, fields, keywords);
  return problem ?? { ...objectWith([...fields], context), ...keywords };
}

function objectWith(fields: readonly (readonly [string, Field])[], context: SchemaContext): JsonSchema {
  const properties = fields.map(([name, { codec, optional }]): [string, JsonSchema] => {
    const schema = describe(codec, below(context, name));
    return [name, optional && context.strict ? orNull(schema) : schema];
  });
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: fields.filter(([, { optional }]) => context.strict || !optional).map(([name]) => name),
    additionalProperties: false,
  };
}

/** Returns the schema of a record: with known names an object of these fields. */
function recordOf(domain: t.Any, codomain: t.Any, context: SchemaContext): Described {
  const keys = annotated(domain, context, false);
  if (!(keys instanceof RequestError) && has(keys, 'enum')) {
    const field: Field = { codec: codomain, optional: isOptional(codomain) };
    return objectWith(
      valuesOf(keys).map((name) => [String(name), field]),
      context,
    );
  }
  return context.strict
    ? impossible(context, 'strict mode has no records: use a list of pairs')
    : { type: 'object', additionalProperties: describe(codomain, below(context, '*')) };
}

/** Without `items: false`, which llama.cpp rejects: no item may follow because of `maxItems`. */
const tupleOf = (types: readonly t.Any[], context: SchemaContext): JsonSchema => ({
  type: 'array',
  prefixItems: types.map((type, place) => describe(type, below(context, String(place)))),
  minItems: types.length,
  maxItems: types.length,
});

function referTo(codec: t.Any, context: SchemaContext): Described {
  const { defs } = context;
  let definition = defs.get(codec);
  if (definition === undefined) {
    const name = newName(codec.name, new Set([...defs.values()].map((other) => other.name)));
    defs.set(codec, { name, schema: {} });
    const schema = annotated(codec, context, false);
    if (schema instanceof RequestError) return schema;
    definition = { name, schema };
    defs.set(codec, definition);
  }
  return { $ref: `#/$defs/${definition.name}` };
}

function newName(codec: string, taken: ReadonlySet<string>): string {
  const name = codec.replace(/[^A-Za-z0-9_]+/g, '_');
  let free = name;
  for (let n = 2; taken.has(free); n += 1) free = `${name}_${n}`;
  return free;
}
