import type { JsonSchema } from '../request/JsonSchema';

/** Whether a schema has a keyword. */
export const has = (keywords: JsonSchema, name: string): boolean => Object.hasOwn(keywords, name);

/** Whether a schema has only these keywords, so that it can be merged with another without loss. */
const isBare = (schema: JsonSchema, ...names: readonly string[]): boolean =>
  Object.keys(schema).length === names.length && names.every((name) => has(schema, name));

/** Returns the members of a schema that is a union and nothing else; of any other, the schema itself. */
export const membersOf = (schema: JsonSchema): readonly JsonSchema[] =>
  isBare(schema, 'anyOf') ? (schema['anyOf'] as readonly JsonSchema[]) : [schema];

/** Returns the values of an enum. */
export const valuesOf = (schema: JsonSchema | undefined): readonly unknown[] =>
  schema?.['enum'] as readonly unknown[];

/** Adds a member of a union. Literals of one type become one `enum`. */
export function addMember(members: JsonSchema[], schema: JsonSchema): void {
  const isEnum = (other: JsonSchema): boolean =>
    isBare(other, 'type', 'enum') && other['type'] === schema['type'];
  const at = isEnum(schema) ? members.findIndex(isEnum) : -1;
  if (at < 0) members.push(schema);
  else members[at] = { ...schema, enum: [...new Set([...valuesOf(members[at]), ...valuesOf(schema)])] };
}

/** Returns a schema that also allows `null`, which strict mode needs for optional fields. `omitNulls` removes the `null`. */
export function orNull(schema: JsonSchema): JsonSchema {
  if (allowsNull(schema)) return schema;
  return { anyOf: [...membersOf(schema), { type: 'null' }] };
}

const allowsNull = ({ type, enum: values, anyOf }: JsonSchema): boolean =>
  type === 'null' ||
  [type, values].some((list) => Array.isArray(list) && (list.includes('null') || list.includes(null))) ||
  (Array.isArray(anyOf) && (anyOf as readonly JsonSchema[]).some(allowsNull));
