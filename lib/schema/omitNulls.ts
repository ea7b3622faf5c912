import { isRight } from 'fp-ts/Either';
import type * as t from 'io-ts';

import { isRecord } from '../codec/isRecord';
import { taggedOf } from '../decode/Tagged';
import { accepts, isOptional } from './accepts';
import { oncePer } from './oncePer';

type Omit = (value: unknown) => unknown;

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
export const omitNulls: (codec: t.Any) => Omit = oncePer(compile);

function compile(codec: t.Any): Omit {
  const tagged = taggedOf(codec);
  switch (tagged._tag) {
    case 'InterfaceType':
    case 'StrictType':
    case 'PartialType': {
      const optional = tagged._tag === 'PartialType';
      const fields = Object.entries<t.Mixed>(tagged.props);
      const rules = new Map(fields.map(([name, field]) => [name, omitInField(field, optional)]));
      return omitInFields((name) => rules.get(name));
    }
    case 'ArrayType':
    case 'ReadonlyArrayType': {
      const omit = omitNulls(tagged.type);
      return omitInItems(() => omit);
    }
    case 'TupleType': {
      const omits = tagged.types.map(omitNulls);
      return omitInItems((place) => omits[place]);
    }
    case 'DictionaryType': {
      const rule = omitInField(tagged.codomain, false);
      return omitInFields(() => rule);
    }
    case 'ExactType':
    case 'ReadonlyType':
    case 'RefinementType':
    case 'RecursiveType':
      // Compiled at the first value: a recursive codec contains itself.
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

function omitInItems(ruleAt: (place: number) => Omit | undefined): Omit {
  return (value) => {
    if (!isList(value)) return value;
    const items = value.map((item, place) => (ruleAt(place) ?? asItIs)(item));
    return items.every((item, place) => item === value[place]) ? value : items;
  };
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** The result of a rule for a field to remove. */
const MISSING = Symbol('missing');

function omitInFields(ruleOf: (name: string) => Omit | undefined): Omit {
  return (value) => {
    if (!isRecord(value)) return value;
    let changed = false;
    const fields: [string, unknown][] = [];
    for (const [name, field] of Object.entries(value)) {
      const next = (ruleOf(name) ?? asItIs)(field);
      changed ||= next !== field;
      if (next !== MISSING) fields.push([name, next]);
    }
    return changed ? Object.fromEntries(fields) : value;
  };
}

/** Returns the rule for one field: {@link MISSING} for a `null` that always means a missing field. */
function omitInField(codec: t.Mixed, optional: boolean): Omit {
  const omit = omitNulls(codec);
  const isMissing = (optional || isOptional(codec)) && !accepts(codec, null);
  return isMissing ? (field) => (field === null ? MISSING : omit(field)) : omit;
}

interface Member {
  readonly codec: t.Mixed;
  readonly omit: Omit;
}

function omitAsMember(members: readonly Member[]): Omit {
  // In a recursive union every member reads the same parts, so without it the time would double with each level.
  const omit = oncePer((value: object) => omitAsFirst(members, value));
  return (value) => (typeof value === 'object' && value !== null ? omit(value) : value);
}

function omitAsFirst(members: readonly Member[], value: object): unknown {
  const left = members.map(({ omit }) => omit(value));
  // The common case: no member has anything to remove, so the value is not decoded here.
  if (left.every((each) => each === value)) return value;
  const at = members.findIndex(({ codec }, i) => isRight(codec.decode(left[i])));
  return at < 0 ? value : left[at];
}
