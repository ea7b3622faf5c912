import type * as t from 'io-ts';

import { taggedOf } from '../decode/Tagged';
import { accepts, isOptional } from './accepts';

/** The possible types of a value in one place: unions are split into their members. */
export interface Candidates {
  readonly codecs: readonly t.Any[];
  /** Whether the codecs accept any value. */
  anything: boolean;
  /** Whether one of them replaces whatever does not fit, as `withFallback` of io-ts-types does. */
  lenient: boolean;
  /** Whether one of them is a plain string. */
  text: boolean;
  /** Strings, numbers, booleans and `null`. */
  readonly leaves: t.Any[];
  readonly lists: Items[];
  readonly objects: Fields[];
  /** Codecs that can only check a complete value. */
  readonly opaque: t.Any[];
}

/** The codecs of a list's items. */
interface Items {
  /** Those of a tuple, by index. */
  readonly places: ReadonlyArray<readonly t.Any[]>;
  /** The codecs of all other items; none if they may be anything, `undefined` if there are no others. */
  readonly others: readonly t.Any[] | undefined;
}

/** The codecs of an object's fields. */
interface Fields {
  readonly known: ReadonlyMap<string, readonly t.Any[]>;
  readonly required: ReadonlySet<string>;
  /** The codecs of all other fields; none if they may be anything. */
  readonly others: readonly t.Any[];
}

/** Returns the candidates of one place. */
export function candidatesOf(codecs: readonly t.Any[]): Candidates {
  const all: Candidates = {
    codecs,
    anything: false,
    lenient: false,
    text: false,
    leaves: [],
    lists: [],
    objects: [],
    opaque: [],
  };
  for (const codec of codecs) add(codec, all);
  return all;
}

/** A value that JSON does not have. */
const NO_JSON = Symbol('no JSON');

function add(codec: t.Any, all: Candidates): void {
  const tagged = taggedOf(codec);
  all.lenient ||= accepts(codec, NO_JSON);
  switch (tagged._tag) {
    case 'UnknownType':
      all.anything = true;
      return;
    case 'UndefinedType':
    case 'VoidType':
      return;
    case 'StringType':
      all.text = true;
      all.leaves.push(codec);
      return;
    case 'NumberType':
    case 'BooleanType':
    case 'NullType':
    case 'LiteralType':
    case 'KeyofType':
      all.leaves.push(codec);
      return;
    case 'ArrayType':
    case 'ReadonlyArrayType':
      all.lists.push({ places: [], others: [tagged.type] });
      return;
    case 'AnyArrayType':
      all.lists.push({ places: [], others: [] });
      return;
    case 'TupleType':
      all.lists.push({ places: tagged.types.map((type) => [type]), others: undefined });
      return;
    case 'InterfaceType':
    case 'StrictType':
    case 'PartialType':
      all.objects.push(fieldsOf(tagged.props, tagged._tag === 'PartialType'));
      return;
    case 'DictionaryType':
      all.objects.push(recordOf(tagged.domain, tagged.codomain));
      return;
    case 'AnyDictionaryType':
      all.objects.push(noFields);
      return;
    case 'UnionType':
      for (const member of tagged.types) add(member, all);
      return;
    case 'ExactType':
    case 'ReadonlyType':
    case 'RecursiveType':
      add(tagged.type, all);
      return;
    case 'RefinementType':
      addRefined(codec, candidatesOf([tagged.type]), all);
      return;
    case 'IntersectionType':
      addJoined(
        codec,
        tagged.types.map((part) => candidatesOf([part])),
        all,
      );
      return;
    default:
      all.opaque.push(codec);
  }
}

/** Adds a refinement. An object or a list is checked at the end, so that its parts are shown before. */
function addRefined(codec: t.Any, base: Candidates, all: Candidates): void {
  const { leaves, lists, objects, opaque, anything } = base;
  const hasParts = lists.length + objects.length > 0;
  if (anything || opaque.length > 0 || (hasParts && leaves.length > 0)) {
    all.opaque.push(codec);
    return;
  }
  if (!hasParts) all.leaves.push(codec);
  all.lists.push(...lists);
  all.objects.push(...objects);
}

/** Adds an intersection of objects: one for each combination of their members. */
function addJoined(codec: t.Any, parts: readonly Candidates[], all: Candidates): void {
  const isObject = ({ leaves, lists, opaque, anything }: Candidates): boolean =>
    !anything && leaves.length + lists.length + opaque.length === 0;
  if (!parts.every(isObject)) {
    all.opaque.push(codec);
    return;
  }
  const combinations = parts.reduce<readonly Fields[]>(
    (joins, { objects }) => joins.flatMap((one) => objects.map((other) => joined(one, other))),
    [noFields],
  );
  all.objects.push(...combinations);
}

const noFields: Fields = { known: new Map(), required: new Set(), others: [] };

function fieldsOf(props: t.Props, optional: boolean): Fields {
  const codecs = Object.entries(props);
  const required = codecs.filter(([, codec]) => !optional && !isOptional(codec));
  return {
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
    known,
    required: new Set([...one.required, ...other.required]),
    others: [...one.others, ...other.others],
  };
}
