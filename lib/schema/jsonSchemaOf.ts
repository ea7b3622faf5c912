import * as t from 'io-ts';

import { taggedOf } from '../decode/Tagged';
import { RequestError } from '../errors';
import type { JsonSchema } from '../request/JsonSchema';
import { keywordsOf } from './annotate';
import { isOptional } from './accepts';

// One file over 250 lines: the mapping is one table, and each row is a few lines.

/** A type with `never` for each part that JSON cannot express. Evaluated lazily, so recursive types are allowed. */
type Jsonable<O> = unknown extends O
  ? O
  : O extends null | boolean | number | string | undefined
    ? O
    : O extends ((...args: never[]) => unknown) | Date | bigint | symbol
      ? never
      : { readonly [K in keyof O]: Jsonable<O[K]> };

/** A constraint that rejects a codec whose encoded side is not JSON. */
export type Writable<O> = [O] extends [Jsonable<O>]
  ? unknown
  : { readonly 'encodes to what JSON cannot say': never };

/** Options for {@link jsonSchemaOf}. */
export interface JsonSchemaOptions {
  /**
   * Whether the schema keeps to the subset of OpenAI's strict mode; `true` by default.
   *
   * A strict schema requests `null` for a missing optional field, and tuples and records throw. Otherwise optional fields are
   * not required, tuples and records are described, and `t.unknown` is `{}`.
   */
  readonly strict?: boolean;
}

/**
 * Returns the JSON Schema of a codec, for a model to write a value that the codec accepts.
 *
 * Uses only the keywords that OpenAI's strict mode, llama.cpp, vLLM and Ollama all enforce. A schema cannot express refinements
 * and brands, so only the codec checks them. Add names, descriptions and limits with {@link annotate}.
 *
 * | codec | schema |
 * | --- | --- |
 * | `t.string`, `t.number`, `t.boolean`, `t.null`, `t.Int` | `type` |
 * | `t.literal`, `t.keyof`, unions of literals | `type` and `enum` |
 * | other unions, and intersections with them | `anyOf`; as the root an error in strict mode |
 * | `t.array`, `t.readonlyArray` | `array` |
 * | `t.type`, `t.partial`, `t.strict`, `t.exact`, `t.readonly` and intersections of these | one `object` |
 * | `t.recursion` | `$defs` and `$ref` |
 * | refinements and brands | the schema of the codec they refine |
 * | `t.tuple`, `t.record`, `t.unknown`, `t.UnknownArray`, `t.UnknownRecord` | an error in strict mode |
 * | a user-defined codec | an error unless annotated |
 *
 * @param codec - A codec whose encoded side is JSON.
 * @param options - `strict`: whether to use only OpenAI's subset; `true` by default.
 * @throws RequestError if there is no schema for a part of the codec. The message begins with the path of that part.
 *
 * @example
 * ```ts
 * import * as t from 'io-ts';
 * import { annotate, jsonSchemaOf } from 'rxjs-chat-completions/structured';
 *
 * const Person = t.type({ name: t.string, born: annotate(t.Int, { description: 'Year of birth' }) });
 * const { properties, required } = jsonSchemaOf(Person);
 * console.assert(JSON.stringify(required) === '["name","born"]');
 * console.assert(
 *   JSON.stringify(properties) ===
 *     '{"name":{"type":"string"},"born":{"type":"integer","description":"Year of birth"}}',
 * );
 * ```
 */
export function jsonSchemaOf<A, O>(
  codec: t.Type<A, O> & Writable<O>,
  { strict = true }: JsonSchemaOptions = {},
): JsonSchema {
  return describeRoot(codec, strict);
}

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
  const context: Context = { strict, defs: new Map(), path: [] };
  const root = wrap === undefined ? describe(codec, context, true) : wrap(describe(codec, context));
  if (strict && root['type'] !== 'object') {
    throw impossible(context, 'strict mode takes only an object at the root: use responseFormatOf');
  }
  const defs = [...context.defs.values()].map(({ name, schema }) => [name, schema] as const);
  return defs.length === 0 ? root : { ...root, $defs: Object.fromEntries(defs) };
}

interface Definition {
  readonly name: string;
  readonly schema: JsonSchema;
}

interface Context {
  readonly strict: boolean;
  /** The schemas of references, by the codec passed to `t.recursion`. */
  readonly defs: Map<t.Any, Definition>;
  readonly path: readonly string[];
}

const below = (context: Context, name: string): Context => ({ ...context, path: [...context.path, name] });

const impossible = ({ path }: Context, problem: string): RequestError =>
  new RequestError(`${path.join('/') || 'the codec'}: ${problem}`);

/** Keywords that describe a value by themselves, so they replace a missing schema. */
const DESCRIBING = ['type', 'enum', 'const', 'anyOf', '$ref'];

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

const has = (keywords: JsonSchema, name: string): boolean => Object.hasOwn(keywords, name);

function describe(codec: t.Any, context: Context, isRoot = false): JsonSchema {
  const schema = annotated(codec, context, isRoot);
  if (schema instanceof RequestError) throw schema;
  return schema;
}

/** A schema, or the error if the codec itself has none. Errors of its parts are thrown. */
type Described = JsonSchema | RequestError;

function annotated(codec: t.Any, context: Context, isRoot: boolean): Described {
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

function ownSchema(codec: t.Any, context: Context, isRoot: boolean): Described {
  const tagged = taggedOf(codec);
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
      return context.strict ? noSchema(codec, context) : {};
    case 'AnyArrayType':
      return context.strict ? noSchema(codec, context) : { type: 'array' };
    case 'AnyDictionaryType':
      return context.strict ? noSchema(codec, context) : { type: 'object' };
    default:
      return noSchema(codec, context);
  }
}

const noSchema = (codec: t.Any, context: Context): RequestError =>
  impossible(context, `no schema for ${codec.name}: annotate(codec, { type: … })`);

function unionOf(codec: t.Any, types: readonly t.Any[], context: Context): Described {
  const members: JsonSchema[] = [];
  for (const type of types) {
    // A missing field, which JSON cannot express.
    if (['UndefinedType', 'VoidType'].includes(taggedOf(type)._tag)) continue;
    const schema = annotated(type, context, false);
    if (schema instanceof RequestError) return schema;
    for (const member of isBare(schema, 'anyOf') ? (schema['anyOf'] as JsonSchema[]) : [schema]) {
      addMember(members, member);
    }
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

/** Adds a member of a union. Literals of one type become one `enum`. */
function addMember(members: JsonSchema[], schema: JsonSchema): void {
  const isEnum = (other: JsonSchema): boolean =>
    isBare(other, 'type', 'enum') && other['type'] === schema['type'];
  const at = isEnum(schema) ? members.findIndex(isEnum) : -1;
  if (at < 0) members.push(schema);
  else members[at] = { ...schema, enum: [...new Set([...valuesOf(members[at]), ...valuesOf(schema)])] };
}

/** Whether a schema has only these keywords, so that it can be merged with another without loss. */
const isBare = (schema: JsonSchema, ...names: readonly string[]): boolean =>
  Object.keys(schema).length === names.length && names.every((name) => has(schema, name));

const valuesOf = (schema: JsonSchema | undefined): readonly unknown[] =>
  schema?.['enum'] as readonly unknown[];

interface Field {
  readonly codec: t.Any;
  readonly optional: boolean;
}

/** Returns one object schema with the fields of all parts. */
function objectOf(codec: t.Any, context: Context): Described {
  const fields = new Map<string, Field>();
  const keywords: Record<string, unknown> = {};
  const problem = collect(codec, context, fields, keywords);
  return problem ?? { ...objectWith([...fields], context), ...keywords };
}

function collect(
  codec: t.Any,
  context: Context,
  fields: Map<string, Field>,
  keywords: Record<string, unknown>,
): RequestError | undefined {
  Object.assign(keywords, keywordsOf(codec));
  const tagged = taggedOf(codec);
  switch (tagged._tag) {
    case 'InterfaceType':
    case 'PartialType':
    case 'StrictType':
      for (const [name, field] of Object.entries<t.Any>(tagged.props)) {
        const other = fields.get(name);
        if (other !== undefined && other.codec !== field)
          return impossible(
            below(context, name),
            'a field in two parts of an intersection: leave it out of one',
          );
        const optional = tagged._tag === 'PartialType' || isOptional(field);
        fields.set(name, { codec: field, optional: optional && (other?.optional ?? true) });
      }
      return undefined;
    case 'IntersectionType':
      for (const part of tagged.types) {
        const problem = collect(part, context, fields, keywords);
        if (problem !== undefined) return problem;
      }
      return undefined;
    case 'ReadonlyType':
    case 'ExactType':
    case 'RefinementType':
    case 'RecursiveType':
      return collect(tagged.type, context, fields, keywords);
    default:
      return impossible(
        context,
        `no schema for an intersection with ${codec.name}: annotate(codec, { type: … })`,
      );
  }
}

function objectWith(fields: readonly (readonly [string, Field])[], context: Context): JsonSchema {
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

/** Returns a schema that also allows `null`, which strict mode needs for optional fields. `omitNulls` removes the `null`. */
function orNull(schema: JsonSchema): JsonSchema {
  if (allowsNull(schema)) return schema;
  const members = isBare(schema, 'anyOf') ? (schema['anyOf'] as readonly JsonSchema[]) : [schema];
  return { anyOf: [...members, { type: 'null' }] };
}

const allowsNull = ({ type, enum: values, anyOf }: JsonSchema): boolean =>
  type === 'null' ||
  [type, values].some((list) => Array.isArray(list) && (list.includes('null') || list.includes(null))) ||
  (Array.isArray(anyOf) && (anyOf as readonly JsonSchema[]).some(allowsNull));

/** Returns the schema of a record: with known names an object of these fields. */
function recordOf(domain: t.Any, codomain: t.Any, context: Context): Described {
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

const tupleOf = (types: readonly t.Any[], context: Context): JsonSchema => ({
  type: 'array',
  prefixItems: types.map((type, place) => describe(type, below(context, String(place)))),
  items: false,
  minItems: types.length,
  maxItems: types.length,
});

function referTo(codec: t.Any, context: Context): Described {
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
