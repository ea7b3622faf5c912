import type * as t from 'io-ts';

import { taggedOf } from '../decode/Tagged';
import { isOptional } from './accepts';

/**
 * A possible type of a value in one place: unions are split into their members.
 *
 * A leaf is a string, a number, a boolean or `null`. An opaque codec can only check a complete value.
 */
export type Candidate =
  | { readonly kind: 'anything' }
  | { readonly kind: 'leaf' | 'opaque'; readonly codec: t.Any }
  | Items
  | Fields;

/** The codecs of a list's items. */
interface Items {
  readonly kind: 'array';
  /** Those of a tuple, by index. */
  readonly places: ReadonlyArray<readonly t.Any[]>;
  /** The codecs of all other items; none if they may be anything, `undefined` if there are no others. */
  readonly others: readonly t.Any[] | undefined;
}

/** The codecs of an object's fields. */
export interface Fields {
  readonly kind: 'object';
  readonly known: ReadonlyMap<string, readonly t.Any[]>;
  readonly required: ReadonlySet<string>;
  /** The codecs of all other fields; none if they may be anything. */
  readonly others: readonly t.Any[];
}

/** Returns the candidates of the values of a codec. */
export function candidatesOf(codec: t.Any): readonly Candidate[] {
  const tagged = taggedOf(codec);
  switch (tagged._tag) {
    case 'UnknownType':
      return [{ kind: 'anything' }];
    case 'UndefinedType':
    case 'VoidType':
      return [];
    case 'StringType':
    case 'NumberType':
    case 'BooleanType':
    case 'NullType':
    case 'LiteralType':
    case 'KeyofType':
      return [{ kind: 'leaf', codec }];
    case 'ArrayType':
    case 'ReadonlyArrayType':
      return [{ kind: 'array', places: [], others: [tagged.type] }];
    case 'AnyArrayType':
      return [{ kind: 'array', places: [], others: [] }];
    case 'TupleType':
      return [{ kind: 'array', places: tagged.types.map((type) => [type]), others: undefined }];
    case 'InterfaceType':
    case 'StrictType':
    case 'PartialType':
      return [fieldsOf(tagged.props, tagged._tag === 'PartialType')];
    case 'DictionaryType':
      return [recordOf(tagged.domain, tagged.codomain)];
    case 'AnyDictionaryType':
      return [noFields];
    case 'UnionType':
      return tagged.types.flatMap(candidatesOf);
    case 'ExactType':
    case 'ReadonlyType':
    case 'RecursiveType':
      return candidatesOf(tagged.type);
    case 'RefinementType':
      return refined(codec, candidatesOf(tagged.type));
    case 'IntersectionType':
      return intersected(codec, tagged.types.map(candidatesOf));
    default:
      return [{ kind: 'opaque', codec }];
  }
}

/** Returns the candidates of a refinement. An object or a list is checked at the end, so that its parts are shown before. */
function refined(codec: t.Any, base: readonly Candidate[]): readonly Candidate[] {
  if (base.every(({ kind }) => kind === 'object' || kind === 'array')) return base;
  return [{ kind: base.every(({ kind }) => kind === 'leaf') ? 'leaf' : 'opaque', codec }];
}

/** Returns the candidates of an intersection of objects: one for each combination of their members. */
function intersected(codec: t.Any, parts: ReadonlyArray<readonly Candidate[]>): readonly Candidate[] {
  const objects = parts.map((part) => part.filter((each) => each.kind === 'object'));
  if (objects.some(({ length }, i) => length < (parts[i]?.length ?? 0))) return [{ kind: 'opaque', codec }];
  return objects.reduce(
    (joins, part) => joins.flatMap((one) => part.map((other) => joined(one, other))),
    [noFields],
  );
}

const noFields: Fields = { kind: 'object', known: new Map(), required: new Set(), others: [] };

function fieldsOf(props: t.Props, optional: boolean): Fields {
  const codecs = Object.entries(props);
  const required = codecs.filter(([, codec]) => !optional && !isOptional(codec));
  return {
    kind: 'object',
    known: new Map(codecs.map(([name, codec]) => [name, [codec]])),
    required: new Set(required.map(([name]) => name)),
    others: [],
  };
}

/** Returns the fields of a record. With `t.keyof` as its domain, io-ts requires these names. */
function recordOf(domain: t.Any, codomain: t.Any): Fields {
  const names = taggedOf(domain);
  return names._tag === 'KeyofType'
    ? fieldsOf(Object.fromEntries(Object.keys(names.keys).map((name) => [name, codomain])), false)
    : { ...noFields, others: [codomain] };
}

function joined(one: Fields, other: Fields): Fields {
  const known = new Map(one.known);
  for (const [name, codecs] of other.known) known.set(name, [...(known.get(name) ?? []), ...codecs]);
  return {
    kind: 'object',
    known,
    required: new Set([...one.required, ...other.required]),
    others: [...one.others, ...other.others],
  };
}
