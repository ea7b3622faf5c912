import * as t from 'io-ts';

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
  readonly places: readonly t.Any[];
  /** The codec of all other items; `undefined` if there are no others. */
  readonly others: t.Any | undefined;
}

/** The codecs of an object's fields. */
export interface Fields {
  readonly kind: 'object';
  readonly known: ReadonlyMap<string, t.Any>;
  readonly required: ReadonlySet<string>;
  /** The codec of all other fields; `undefined` if they may be anything. */
  readonly others: t.Any | undefined;
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
      return [{ kind: 'array', places: [], others: tagged.type }];
    case 'AnyArrayType':
      return [{ kind: 'array', places: [], others: t.unknown }];
    case 'TupleType':
      return [{ kind: 'array', places: tagged.types, others: undefined }];
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
      return candidatesOf(tagged.type).map((base) => refined(codec, base));
    case 'IntersectionType':
      return intersected(codec, tagged.types.map(candidatesOf));
    default:
      return [{ kind: 'opaque', codec }];
  }
}

/** Returns a candidate of a refinement. An object or a list is checked at the end, so that its parts are shown before. */
function refined(codec: t.Any, base: Candidate): Candidate {
  if (base.kind === 'object' || base.kind === 'array') return base;
  return { kind: base.kind === 'leaf' ? 'leaf' : 'opaque', codec };
}

/** Returns the candidates of an intersection of objects: one for each combination of their members. */
function intersected(codec: t.Any, parts: ReadonlyArray<readonly Candidate[]>): readonly Candidate[] {
  // A part that takes anything adds no rule.
  const rules = parts.filter((part) => !part.some(({ kind }) => kind === 'anything'));
  if (rules.length < 2) return rules[0] ?? parts.flat();
  const objects = rules.map((part) => part.filter((each) => each.kind === 'object'));
  if (objects.flat().length < rules.flat().length) return [{ kind: 'opaque', codec }];
  return objects.reduce(
    (joins, part) => joins.flatMap((one) => part.map((other) => joined(one, other))),
    [noFields],
  );
}

const noFields: Fields = { kind: 'object', known: new Map(), required: new Set(), others: undefined };

function fieldsOf(props: t.Props, optional: boolean): Fields {
  const codecs = Object.entries(props);
  const required = codecs.filter(([, codec]) => !optional && !isOptional(codec));
  return {
    kind: 'object',
    known: new Map(codecs),
    required: new Set(required.map(([name]) => name)),
    others: undefined,
  };
}

/** Returns the fields of a record. */
function recordOf(domain: t.Any, codomain: t.Any): Fields {
  const names = namesOf(domain);
  return names === undefined
    ? { ...noFields, others: codomain }
    : fieldsOf(Object.fromEntries(names.map((name) => [name, codomain])), false);
}

/** Returns the names that io-ts requires in a record; `undefined` if the domain does not list them. */
function namesOf(domain: t.Any): readonly string[] | undefined {
  const tagged = taggedOf(domain);
  switch (tagged._tag) {
    case 'LiteralType':
      return [String(tagged.value)];
    case 'KeyofType':
      return Object.keys(tagged.keys);
    case 'UnionType': {
      const names = tagged.types.map(namesOf).filter((each) => each !== undefined);
      return names.length < tagged.types.length ? undefined : names.flat();
    }
    default:
      return undefined;
  }
}

function joined(one: Fields, other: Fields): Fields {
  const names = [...one.known.keys(), ...other.known.keys()];
  return {
    kind: 'object',
    known: new Map(names.map((name) => [name, both(fieldOf(one, name), fieldOf(other, name)) as t.Any])),
    required: new Set([...one.required, ...other.required]),
    others: both(one.others, other.others),
  };
}

/** Returns the codec of a field; `undefined` if it may be anything. */
export const fieldOf = ({ known, others }: Fields, name: string): t.Any | undefined =>
  known.get(name) ?? others;

/** Returns the codec of a field in two parts of an intersection. */
function both(one: t.Any | undefined, other: t.Any | undefined): t.Any | undefined {
  return one && other && one !== other ? t.intersection([one, other]) : (one ?? other);
}
