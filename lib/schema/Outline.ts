import type * as t from 'io-ts';

import { NOTHING, type JsonContainer, type Shape } from '../json/Shape';
import { candidatesOf, type Candidates, type Fields } from './candidates';

/** A field that has to be there and is not, and the words for what was expected of it. */
export type MissingField = readonly [name: string, expected: readonly string[]];

const outlines = new WeakMap<t.Any, Outline>();

/** The outline of the values of a codec. Made once for each codec. */
export function outlineOf(codec: t.Any): Outline {
  const known = outlines.get(codec);
  if (known !== undefined) return known;
  const outline = new Outline(candidatesOf([codec]));
  outlines.set(codec, outline);
  return outline;
}

/**
 * What codecs tell of one place of a JSON value, while the value is being written.
 *
 * Several candidates stand side by side where a union leaves open which it is. A literal field that closes leaves those that
 * it does not contradict.
 */
export class Outline implements Shape<Outline> {
  readonly grows: boolean;

  private readonly candidates: Candidates;
  private readonly leniency: Leniency;
  // What has been asked for before. Only names and places of the codecs, so that no model can make these grow.
  private readonly fields = new Map<string, Outline>();
  private readonly items = new Map<number, Outline>();
  private readonly narrowed = new Map<string, Outline>();
  private otherFields: Outline | undefined;
  private literals: ReadonlyMap<string, ReadonlyArray<Candidates | undefined>> | undefined;

  constructor(candidates: Candidates, leniency: Leniency = STRICT) {
    this.candidates = candidates;
    this.leniency = leniency;
    this.grows = candidates.text;
  }

  opens(kind: JsonContainer): boolean {
    const { anything, opaque, objects, lists } = this.candidates;
    return opaque.length === 0 && (anything || (kind === 'object' ? objects : lists).length > 0);
  }

  show(value: unknown): unknown {
    const { anything, leaves, opaque, whole } = this.candidates;
    if (anything || leaves.some(({ fits }) => fits(value))) return value;
    return opaque.length > 0 ? whole(value) : NOTHING;
  }

  field(name: string): Outline {
    if (!this.isKnown('object')) return anything;
    const { objects } = this.candidates;
    const isNamed = objects.some(({ known }) => known.has(name));
    const before = isNamed ? this.fields.get(name) : this.otherFields;
    if (before !== undefined) return before;
    const outline = this.among(
      objects.map(({ known, others }) => known.get(name) ?? others),
      objects.some(({ known, required }) => known.has(name) && !required.has(name)),
    );
    if (isNamed) this.fields.set(name, outline);
    else this.otherFields = outline;
    return outline;
  }

  item(index: number): Outline {
    if (!this.isKnown('array')) return anything;
    const { lists } = this.candidates;
    const place = Math.min(index, Math.max(...lists.map(({ places }) => places.length)));
    const before = this.items.get(place);
    if (before !== undefined) return before;
    const outline = this.among(
      lists.flatMap(({ places, every }) => {
        if (every === null) return [[]];
        const codec = every ?? places[place];
        return codec === undefined ? [] : [[codec]];
      }),
    );
    this.items.set(place, outline);
    return outline;
  }

  after(name: string, value: unknown): Outline {
    const { objects } = this.candidates;
    // A `null` may only stand for a missing field.
    if (objects.length < 2 || typeof value === 'object') return this;
    this.literals ??= literalsOf(objects);
    const values = this.literals.get(name);
    if (values === undefined) return this;
    const left = objects.filter((_, at) => values[at]?.leaves.some(({ fits }) => fits(value)) ?? true);
    if (left.length === 0 || left.length === objects.length) return this;
    const key = left.map((each) => objects.indexOf(each)).join();
    const before = this.narrowed.get(key);
    if (before !== undefined) return before;
    const outline = new Outline({ ...this.candidates, objects: left }, this.leniency);
    this.narrowed.set(key, outline);
    return outline;
  }

  /** The words for what was expected in place of a value that does not fit; none where it stands for a missing field. */
  expectedInstead(value: unknown): readonly string[] {
    const { takesNull, takesAnything } = this.leniency;
    return takesAnything || (takesNull && value === null) ? [] : this.expected;
  }

  /** The fields that a closed object here lacks; none while it is open which object it is. */
  missingIn(value: object): readonly MissingField[] {
    const { objects, anything: isAnything, opaque } = this.candidates;
    const [only] = objects;
    if (only === undefined || objects.length > 1 || opaque.length > 0) return [];
    if (isAnything || this.leniency.takesAnything) return [];
    return [...only.required]
      .filter((name) => !Object.hasOwn(value, name))
      .map((name) => [name, this.field(name).expected]);
  }

  private get expected(): readonly string[] {
    const { leaves, lists, objects, opaque } = this.candidates;
    const names = [...leaves, ...opaque].map(({ name }) => name).filter((name) => name !== 'null');
    return [
      ...new Set([
        ...names,
        ...(lists.length > 0 ? ['array'] : []),
        ...(objects.length > 0 ? ['object'] : []),
      ]),
    ];
  }

  /** Whether more is known of a container here than that it may be one. */
  private isKnown(kind: JsonContainer): boolean {
    return (
      this.opens(kind) && (kind === 'object' ? this.candidates.objects : this.candidates.lists).length > 0
    );
  }

  /** @param parts - The codecs of a part, by the candidate that it is a part of; none where it may be anything. */
  private among(parts: ReadonlyArray<readonly t.Any[]>, takesNull = false): Outline {
    const codecs = [...new Set(parts.flat())];
    const [only] = codecs;
    const isFree = this.candidates.anything || parts.some(({ length }) => length === 0);
    if (only === undefined && isFree) return anything;
    const takesAnything = isFree || this.leniency.takesAnything;
    return only !== undefined && codecs.length === 1 && !takesNull && !takesAnything
      ? outlineOf(only)
      : new Outline(candidatesOf(codecs), { takesNull, takesAnything });
  }
}

/** Values that a codec takes, although they are not shown because they fit none of the candidates. */
interface Leniency {
  /** A `null`, which only stands for a missing field. */
  readonly takesNull: boolean;
  /** Any value, because a member of a union does not name the field. */
  readonly takesAnything: boolean;
}

const STRICT: Leniency = { takesNull: false, takesAnything: false };

const anything = new Outline({ ...candidatesOf([]), anything: true });

/** The values of the fields that may tell objects apart: by name, for each object, where they are literals. */
function literalsOf(objects: readonly Fields[]): ReadonlyMap<string, ReadonlyArray<Candidates | undefined>> {
  const names = new Set(objects.flatMap(({ known }) => [...known.keys()]));
  const entries = [...names].map((name) => {
    const values = objects.map(({ known }) => literalsAmong(known.get(name) ?? []));
    return [name, values] as const;
  });
  return new Map(entries.filter(([, values]) => values.some((each) => each !== undefined)));
}

function literalsAmong(codecs: readonly t.Any[]): Candidates | undefined {
  const candidates = candidatesOf(codecs);
  const { leaves, lists, objects, opaque, anything: isAnything } = candidates;
  const isLiteral = leaves.length > 0 && leaves.every(({ literal }) => literal);
  return isLiteral && !isAnything && lists.length + objects.length + opaque.length === 0
    ? candidates
    : undefined;
}
