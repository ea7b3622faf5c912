import type * as t from 'io-ts';

import { isRecord } from '../codec/isRecord';
import type { JsonContainer, Shape } from '../json/Shape';
import { accepts } from './accepts';
import { candidatesOf, fieldOf } from './candidates';
import { isObjectCodec } from './isObjectCodec';
import { omitNulls } from './omitNulls';
import { Outline, outlineOf } from './Outline';

/**
 * Returns the outline of the JSON that a model writes for a codec: the value, or the object that `responseFormatOf` wraps around a
 * root that is not an object.
 */
export const outputOutline = (codec: t.Any): Outline =>
  isObjectCodec(codec) ? outlineOf(codec) : new WrappedOutline(codec);

const nothing = new Outline([]);

/** The outline of the value of a codec or of `{ value }`, as its first field shows. */
class WrappedOutline extends Outline implements Shape<Outline> {
  override readonly isWrapped = true;
  readonly #inner: Outline;
  /** The field `value`: the value, or a field of an object that has the same name. */
  readonly #value: Outline;
  readonly #codec: t.Any;
  /** Whether the value may be an object that is known to have a field `value` of its own. */
  readonly #isField: boolean;
  /** Whether the field `value` has been read. */
  readonly #hasValue: boolean;

  constructor(codec: t.Any, hasValue = false) {
    super([codec]);
    this.#codec = codec;
    this.#hasValue = hasValue;
    this.#inner = outlineOf(codec);
    const own = candidatesOf(codec).flatMap((each) =>
      each.kind === 'object' ? (fieldOf(each, 'value') ?? []) : [],
    );
    this.#isField = own.length > 0;
    const takesAnything = [codec, ...own].flatMap(candidatesOf).some(({ kind }) => kind === 'opaque');
    this.#value =
      this.#isField || takesAnything
        ? new Outline([codec, ...own], { takesNull: true, takesAnything })
        : this.#inner;
  }

  override opens(kind: JsonContainer): boolean {
    return kind === 'object' || this.#inner.opens(kind);
  }

  override field(name: string): Outline {
    if (name === 'value') return this.#value;
    return this.#inner.opens('object') ? this.#inner.field(name) : nothing;
  }

  override after(name: string, value: unknown): Outline {
    if (this.#hasValue || !this.#inner.opens('object')) return this;
    if (name !== 'value') return this.#inner.after(name, value);
    return this.#isField ? this : new WrappedOutline(this.#codec, true);
  }

  override missingIn(): [] {
    return [];
  }

  override unwrap(written: unknown, isComplete: boolean): unknown {
    if (!isRecord(written)) return written;
    const [first, second] = Object.keys(written);
    if (first !== 'value') {
      const isKnown = isComplete || first !== undefined;
      return isKnown && this.#inner.opens('object') ? written : undefined;
    }
    const { value } = written;
    // Alone, `value` is the object around the value, unless that may have such a field.
    if (second === undefined && this.#value === this.#inner) return value;
    if (second !== undefined && this.#isField) return written;
    const isValue =
      isComplete && this.#decodes(written)
        ? this.#decodes(value)
        : !this.#isField || this.#inner.takes(value);
    return isValue ? value : written;
  }

  #decodes(value: unknown): boolean {
    return accepts(this.#codec, omitNulls(this.#codec)(value));
  }
}
