import { isRight } from 'fp-ts/Either';
import type * as t from 'io-ts';

import { isRecord } from '../codec/isRecord';
import { taggedOf } from '../decode/Tagged';
import { isOptional } from './isOptional';

type Omit = (value: unknown) => unknown;

const compiled = new WeakMap<t.Any, Omit>();

/**
 * Creates a function that removes each `null` that means a missing field.
 *
 * Strict mode has no optional fields, so {@link jsonSchemaOf} requests `null` for them, which a `t.partial` codec would reject. A
 * `null` that the codec of the field accepts stays. For a union, the first member that accepts the value without its nulls
 * decides, as in io-ts.
 *
 * @param codec - The codec that decodes the value afterwards. Compiled once for each codec.
 * @returns A function that returns the value itself if it has no such `null`, and never mutates it.
 */
export function omitNulls(codec: t.Any): Omit {
  const known = compiled.get(codec);
  if (known !== undefined) return known;
  const omit = compile(codec);
  compiled.set(codec, omit);
  return omit;
}

function compile(codec: t.Any): Omit {
  const tagged = taggedOf(codec);
  switch (tagged._tag) {
    case 'InterfaceType':
    case 'StrictType':
    case 'PartialType':
      return omitInFields(tagged.props, tagged._tag === 'PartialType');
    case 'ArrayType':
    case 'ReadonlyArrayType': {
      const omit = omitNulls(tagged.type);
      return omitInItems(() => omit);
    }
    case 'TupleType': {
      const omits = tagged.types.map(omitNulls);
      return omitInItems((place) => omits[place] ?? asItIs);
    }
    case 'DictionaryType':
      return omitInValues(omitInField(tagged.codomain, false));
    case 'ExactType':
    case 'ReadonlyType':
    case 'RefinementType':
      return omitNulls(tagged.type);
    case 'RecursiveType':
      return (value) => omitNulls(tagged.type)(value);
    case 'IntersectionType': {
      const parts = tagged.types.map(omitNulls);
      return (value) => parts.reduce((left, omit) => omit(left), value);
    }
    case 'UnionType':
      return omitAsMember(tagged.types.map((member) => ({ codec: member, omit: omitNulls(member) })));
    default:
      return asItIs;
  }
}

const asItIs: Omit = (value) => value;

function omitInItems(omitAt: (place: number) => Omit): Omit {
  return (value) => {
    if (!isList(value)) return value;
    const items = value.map((item, place) => omitAt(place)(item));
    return items.every((item, place) => item === value[place]) ? value : items;
  };
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** The result of a rule for a field to remove. */
const MISSING = Symbol('missing');

/** Applies a rule to every field. Returns the object itself if none has changed. */
function mapFields(value: unknown, rule: (name: string, field: unknown) => unknown): unknown {
  if (!isRecord(value)) return value;
  let changed = false;
  const fields: [string, unknown][] = [];
  for (const name of Object.keys(value)) {
    const next = rule(name, value[name]);
    changed ||= next !== value[name];
    if (next !== MISSING) fields.push([name, next]);
  }
  return changed ? Object.fromEntries(fields) : value;
}

const omitInValues =
  (omit: Omit): Omit =>
  (value) =>
    mapFields(value, (_, field) => omit(field));

function omitInFields(props: t.Props, optional: boolean): Omit {
  const rules = new Map(
    Object.entries(props).map(([name, codec]) => [name, omitInField(codec, optional)] as const),
  );
  return (value) => mapFields(value, (name, field) => (rules.get(name) ?? asItIs)(field));
}

/** Returns the rule for one field: {@link MISSING} for a `null` that means a missing field. */
function omitInField(codec: t.Mixed, optional: boolean): Omit {
  const omit = omitNulls(codec);
  return isMissingAsNull(codec, optional) ? (field) => (field === null ? MISSING : omit(field)) : omit;
}

/** Whether `null` in a field always means that it is missing. */
const isMissingAsNull = (codec: t.Mixed, optional: boolean): boolean =>
  (optional || isOptional(codec)) && !isRight(codec.decode(null));

interface Member {
  readonly codec: t.Mixed;
  readonly omit: Omit;
}

function omitAsMember(members: readonly Member[]): Omit {
  // In a recursive union every member reads the same parts, so without it the time would double with each level.
  const results = new WeakMap<object, unknown>();
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const result = results.get(value) ?? omitAs(members, value);
    results.set(value, result);
    return result;
  };
}

function omitAs(members: readonly Member[], value: object): unknown {
  const left = members.map(({ omit }) => omit(value));
  // The common case: no member has anything to remove, so the value is not decoded here.
  if (left.every((each) => each === value)) return value;
  const at = members.findIndex(({ codec }, i) => isRight(codec.decode(left[i])));
  return at < 0 ? value : left[at];
}
