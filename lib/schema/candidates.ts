import { isRight } from 'fp-ts/Either';
import type * as t from 'io-ts';

import { taggedOf } from '../decode/Tagged';
import { expectedBy } from '../decode/issues';
import { NOTHING } from '../json/Shape';
import { omitNulls } from './omitNulls';

/** The possible types of a value in one place: unions are split into their members. */
export interface Candidates {
  /** Whether the codecs accept any value. */
  anything: boolean;
  /** Whether one of them is a plain string. */
  text: boolean;
  /** Strings, numbers, booleans and `null`. */
  readonly leaves: Leaf[];
  readonly lists: List[];
  readonly objects: Fields[];
  /** Codecs that can only check a complete value. */
  readonly opaque: Leaf[];
  /** Returns a complete value without the nulls that mean missing fields; {@link NOTHING} if none of the codecs accepts it. */
  readonly accepted: (value: unknown) => unknown;
}

/** A value without parts, or with unknown parts. */
interface Leaf {
  /** Its name in a report. */
  readonly name: string;
  readonly fits: (value: unknown) => boolean;
  /** Whether it is a literal or an enum. */
  readonly literal: boolean;
}

/** The codecs of a list's items. */
interface List {
  /** The codecs of a tuple, by index. */
  readonly places: readonly t.Any[];
  /** The codec of all items, `undefined` for a tuple; `null` if items may be anything. */
  readonly every: t.Any | null | undefined;
}

/** The codecs of an object's fields. */
export interface Fields {
  readonly known: ReadonlyMap<string, readonly t.Any[]>;
  readonly required: ReadonlySet<string>;
  /** The codecs of all other fields; none if they may be anything. */
  readonly others: readonly t.Any[];
}

/** Returns the candidates of one place. */
export function candidatesOf(codecs: readonly t.Any[]): Candidates {
  const all: Candidates = {
    anything: false,
    text: false,
    leaves: [],
    lists: [],
    objects: [],
    opaque: [],
    accepted: acceptedBy(codecs),
  };
  for (const codec of codecs) add(codec, all);
  return all;
}

function add(codec: t.Any, all: Candidates): void {
  const tagged = taggedOf(codec);
  switch (tagged._tag) {
    case 'UnknownType':
      all.anything = true;
      return;
    case 'UndefinedType':
    case 'VoidType':
      return;
    case 'StringType':
      all.text = true;
      all.leaves.push(leafOf(codec));
      return;
    case 'NumberType':
    case 'BooleanType':
    case 'NullType':
      all.leaves.push(leafOf(codec));
      return;
    case 'LiteralType':
    case 'KeyofType':
      all.leaves.push({ ...leafOf(codec), literal: true });
      return;
    case 'ArrayType':
    case 'ReadonlyArrayType':
      all.lists.push({ places: [], every: tagged.type });
      return;
    case 'AnyArrayType':
      all.lists.push({ places: [], every: null });
      return;
    case 'TupleType':
      all.lists.push({ places: tagged.types, every: undefined });
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
      addRefined(codec, tagged.type, all);
      return;
    default: {
      const objects = objectsIn(codec);
      if (objects === undefined) all.opaque.push(opaqueLeafOf(codec));
      else all.objects.push(...objects);
    }
  }
}

/** Adds a refinement. It is checked on the complete value, for an object at the end, so that fields are shown before. */
function addRefined(codec: t.Any, base: t.Any, all: Candidates): void {
  const { leaves, lists, objects, opaque, anything } = candidatesOf([base]);
  if (anything || opaque.length > 0 || (leaves.length > 0 && lists.length + objects.length > 0)) {
    all.opaque.push(opaqueLeafOf(codec));
    return;
  }
  if (leaves.length > 0)
    all.leaves.push({
      ...opaqueLeafOf(codec),
      fits: leaves.length === 1 ? codec.is : acceptedGuardOf(codec),
    });
  all.lists.push(...lists);
  all.objects.push(...objects);
}

const leafOf = (codec: t.Any): Leaf => ({ name: expectedBy(codec), fits: codec.is, literal: false });
const opaqueLeafOf = (codec: t.Any): Leaf => ({
  name: codec.name,
  fits: acceptedGuardOf(codec),
  literal: false,
});

/** Returns a guard of the encoded side, which `is` of a codec that transforms values does not check. */
function acceptedGuardOf(codec: t.Any): Leaf['fits'] {
  const omit = omitNulls(codec);
  return (value) => isRight(codec.decode(omit(value)));
}

function acceptedBy(codecs: readonly t.Any[]): Candidates['accepted'] {
  return (value) => {
    for (const codec of codecs) {
      const rest = omitNulls(codec)(value);
      if (isRight(codec.decode(rest))) return rest;
    }
    return NOTHING;
  };
}

/** Returns the possible fields of an object; `undefined` if the value may be of another type, or has unknown fields. */
function objectsIn(codec: t.Any): readonly Fields[] | undefined {
  const tagged = taggedOf(codec);
  switch (tagged._tag) {
    case 'InterfaceType':
    case 'StrictType':
    case 'PartialType':
      return [fieldsOf(tagged.props, tagged._tag === 'PartialType')];
    case 'DictionaryType':
      return [recordOf(tagged.domain, tagged.codomain)];
    case 'AnyDictionaryType':
      return [noFields];
    case 'ExactType':
    case 'ReadonlyType':
    case 'RefinementType':
    case 'RecursiveType':
      return objectsIn(tagged.type);
    case 'UnionType':
      return tagged.types.map(objectsIn).reduce((all, each) => all && each && [...all, ...each], []);
    case 'IntersectionType':
      return tagged.types
        .map(objectsIn)
        .reduce(
          (all, each) => all && each && all.flatMap((one) => each.map((other) => joined(one, other))),
          [noFields],
        );
    default:
      return undefined;
  }
}

const noFields: Fields = { known: new Map(), required: new Set(), others: [] };

function fieldsOf(props: t.Props, optional: boolean): Fields {
  const codecs = Object.entries(props);
  const required = codecs.filter(([, codec]) => !optional && !isRight(codec.decode(undefined)));
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
