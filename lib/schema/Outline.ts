import * as t from 'io-ts';

import { expectedBy } from '../decode/issues';
import { taggedOf } from '../decode/Tagged';
import { NOTHING, type JsonContainer, type Shape } from '../json/Shape';
import { candidatesOf, fieldOf, type Candidate, type Fields } from './candidates';
import { accepts, hasFallback, isOptional } from './accepts';
import { omitNulls } from './omitNulls';
import { once, oncePer } from './oncePer';

/** The name of a missing required field, and the names of its expected types. */
export type MissingField = readonly [name: string, expected: readonly string[]];

/** Returns the outline of the values of a codec. Created once for each codec. */
export const outlineOf: (codec: t.Any) => Outline = oncePer((codec) => new Outline([codec]));

/**
 * The shape of one place of an incomplete JSON value, derived from codecs.
 *
 * A place has one candidate for each member of a union. A closed field removes the candidates that it contradicts.
 */
export class Outline implements Shape<Outline> {
  readonly grows: boolean;
  /** Whether the model writes an object around the value; see {@link unwrap}. */
  readonly isWrapped: boolean = false;

  /** The codecs of the place. */
  readonly #codecs: readonly t.Any[];
  readonly #candidates: readonly Candidate[];
  readonly #objects: readonly Fields[];
  readonly #leniency: Leniency;
  // Caches. Their keys are names and indices of the codecs only, so a model cannot make them grow.
  /** By the name of a field, the index of an item, and `undefined` for the fields that have no name here. */
  readonly #parts = new Map<string | number | undefined, Outline>();
  readonly #narrowed = new Map<string, Outline>();

  constructor(
    codecs: readonly t.Any[],
    leniency: Leniency = STRICT,
    candidates: readonly Candidate[] = codecs.flatMap(candidatesOf),
  ) {
    this.#codecs = codecs;
    this.#candidates = candidates;
    this.#objects = candidates.filter((each) => each.kind === 'object');
    this.#leniency = codecs.some(hasFallback) ? { ...leniency, takesAnything: true } : leniency;
    this.grows = candidates.some(
      (each) => each.kind === 'leaf' && taggedOf(each.codec)._tag === 'StringType',
    );
  }

  opens(kind: JsonContainer): boolean {
    return !this.#has('opaque') && (this.#has('anything') || this.#has(kind));
  }

  show(value: unknown): unknown {
    const isLeaf = this.#candidates.some((each) => each.kind === 'leaf' && each.codec.is(value));
    if (isLeaf || this.#has('anything')) return value;
    if (!this.#has('opaque')) return NOTHING;
    // Decoded, since `is` of a codec that transforms values does not check the encoded side.
    for (const codec of this.#codecs) {
      const rest = omitNulls(codec)(value);
      if (accepts(codec, rest)) return rest;
    }
    return NOTHING;
  }

  /** Whether a value, complete or not, may be in this place. */
  takes(value: unknown): boolean {
    const isOpen =
      typeof value === 'object' && value !== null && this.opens(Array.isArray(value) ? 'array' : 'object');
    return isOpen || this.show(value) !== NOTHING;
  }

  field(name: string): Outline {
    if (!this.#isKnown('object')) return outlineOf(t.unknown);
    const objects = this.#objects;
    const isNamed = objects.some(({ known }) => known.has(name));
    return once(this.#parts, isNamed ? name : undefined, () =>
      this.#among(
        objects.map((each) => fieldOf(each, name)),
        objects.some(({ known, required, others }) =>
          known.has(name) ? !required.has(name) : others !== undefined && isOptional(others),
        ),
      ),
    );
  }

  item(index: number): Outline {
    if (!this.#isKnown('array')) return outlineOf(t.unknown);
    const lists = this.#candidates.filter((each) => each.kind === 'array');
    const place = Math.min(index, Math.max(...lists.map(({ places }) => places.length)));
    return once(this.#parts, place, () =>
      this.#among(lists.flatMap(({ places, others }) => places[place] ?? others ?? [])),
    );
  }

  after(name: string, value: unknown): Outline {
    const objects = this.#objects;
    // A `null` may also mean that the field is missing.
    if (objects.length < 2 || value === null) return this;
    const left = objects.filter((each) => !outlineOf(fieldOf(each, name) ?? t.unknown).#contradicts(value));
    if (left.length === 0 || left.length === objects.length) return this;
    const key = left.map((each) => objects.indexOf(each)).join();
    return once(this.#narrowed, key, () => {
      const candidates = this.#candidates.filter((each) => each.kind !== 'object' || left.includes(each));
      return new Outline(this.#codecs, this.#leniency, candidates);
    });
  }

  /**
   * Returns the value of the codec in the JSON that a model has written, if the root has this outline.
   *
   * @returns `undefined` if there is none so far.
   */
  unwrap(written: unknown, _isComplete: boolean): unknown {
    return written;
  }

  /** Returns the names of the expected types for a value that does not fit; none if the value means a missing field. */
  expectedInstead(value: unknown): readonly string[] {
    const { takesNull, takesAnything } = this.#leniency;
    return takesAnything || (takesNull && value === null) || this.#accepts(value) ? [] : this.#expected;
  }

  /** Returns the required fields that a closed object lacks; none if several objects are possible. */
  missingIn(value: object): readonly MissingField[] {
    const [only, ...others] = this.#objects;
    const isUnclear = others.length > 0 || this.#has('opaque') || this.#leniency.takesAnything;
    if (only === undefined || isUnclear) return [];
    return [...only.required]
      .filter((name) => !Object.hasOwn(value, name))
      .map((name) => [name, this.field(name).#expected]);
  }

  get #expected(): readonly string[] {
    const names = this.#candidates.map((each) => ('codec' in each ? expectedBy(each.codec) : each.kind));
    return [...new Set(names)].filter((name) => name !== 'null' && name !== 'anything');
  }

  /** Whether no codec of this place accepts a value. The parts of a container are not looked at. */
  #contradicts(value: unknown): boolean {
    return !this.takes(value) && !this.#accepts(value);
  }

  #accepts(value: unknown): boolean {
    return this.#codecs.some((codec) => accepts(codec, value));
  }

  #has(kind: Candidate['kind']): boolean {
    return this.#candidates.some((each) => each.kind === kind);
  }

  /** Whether the codecs describe the parts of a container. */
  #isKnown(kind: JsonContainer): boolean {
    return !this.#has('anything') && this.opens(kind);
  }

  /**
   * Returns the outline of a part.
   *
   * @param parts - The codec of the part for each candidate; `undefined` if the part may be anything.
   */
  #among(parts: ReadonlyArray<t.Any | undefined>, takesNull = false): Outline {
    const codecs = [...new Set(parts.filter((part) => part !== undefined))];
    const [only] = codecs;
    const isFree = parts.includes(undefined);
    if (only === undefined && isFree) return outlineOf(t.unknown);
    const takesAnything = isFree || this.#leniency.takesAnything;
    return only !== undefined && codecs.length === 1 && !takesNull && !takesAnything
      ? outlineOf(only)
      : new Outline(codecs, { takesNull, takesAnything });
  }
}

/** Values that a codec accepts although they fit none of the candidates. They are not shown. */
interface Leniency {
  /** A `null` that means a missing field. */
  readonly takesNull: boolean;
  /** Any value, because a member of a union does not name the field, or a codec around it has a fallback. */
  readonly takesAnything: boolean;
}

const STRICT: Leniency = { takesNull: false, takesAnything: false };
