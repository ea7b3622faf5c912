import { isRight } from 'fp-ts/Either';
import type * as t from 'io-ts';

import { isRecord } from '../codec/isRecord';
import type { JsonContainer, Shape } from '../json/Shape';
import { candidatesOf } from './candidates';
import { omitNulls } from './omitNulls';
import { Outline, outlineOf } from './Outline';
import { rootOf } from './rootOf';

/**
 * Returns the outline of the JSON that a model writes for a codec: the value, or the object that `responseFormatOf` wraps around a
 * root that is not an object.
 */
export const outputOutline = (codec: t.Any): Outline =>
  rootOf(codec) === 'object' ? outlineOf(codec) : new WrappedOutline(codec);

/** The outline of the value of a codec or of `{ value }`, as its first field shows. */
export class WrappedOutline extends Outline implements Shape<Outline> {
  private readonly inner: Outline;
  /** The field `value`: the value, or a field of an object that has the same name. */
  private readonly value: Outline;

  constructor(private readonly codec: t.Any) {
    const all = candidatesOf([codec]);
    super(all);
    this.inner = outlineOf(codec);
    const own = candidatesOf(all.objects.flatMap(({ known, others }) => known.get('value') ?? others));
    this.value =
      own.codecs.length + all.opaque.length === 0
        ? this.inner
        : new Outline(
            {
              ...all,
              leaves: [...all.leaves, ...own.leaves],
              lists: [...all.lists, ...own.lists],
              objects: [...all.objects, ...own.objects],
            },
            { takesNull: true, takesAnything: own.opaque.length + all.opaque.length > 0 },
          );
  }

  override opens(kind: JsonContainer): boolean {
    return kind === 'object' || this.inner.opens(kind);
  }

  override field(name: string): Outline {
    return name === 'value' ? this.value : this.inner.field(name);
  }

  override after(name: string, value: unknown): Outline {
    return name === 'value' ? this : this.inner.after(name, value);
  }

  override missingIn(): [] {
    return [];
  }

  /** Returns the value without the object around it; `undefined` until its first field is known. */
  unwrap(value: unknown, isComplete: boolean): unknown {
    if (!isRecord(value)) return value;
    const [first, second] = Object.keys(value);
    if (first === undefined) return isComplete && this.inner.opens('object') ? value : undefined;
    if (first !== 'value') return value;
    const inner = value[first];
    const isOwn =
      this.value !== this.inner &&
      (second !== undefined ||
        !this.inner.takes(inner) ||
        (isComplete && !this.decodes(inner) && this.decodes(value)));
    return isOwn ? value : inner;
  }

  private decodes(value: unknown): boolean {
    return isRight(this.codec.decode(omitNulls(this.codec)(value)));
  }
}
