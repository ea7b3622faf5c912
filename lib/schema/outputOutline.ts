import type * as t from 'io-ts';

import type { JsonContainer, Shape } from '../json/Shape';
import { candidatesOf } from './candidates';
import { Outline, outlineOf } from './Outline';
import { rootOf } from './rootOf';

/**
 * Returns the outline of the JSON that a model writes for a codec: the value, or the object that `responseFormatOf` wraps around a
 * root that is not an object.
 */
export const outputOutline = (codec: t.Any): Outline =>
  rootOf(codec) === 'object' ? outlineOf(codec) : new WrappedOutline(codec);

/** The outline of the value of a codec or of `{ value }`, as its first field shows. */
class WrappedOutline extends Outline implements Shape<Outline> {
  private readonly inner: Outline;

  constructor(codec: t.Any) {
    super(candidatesOf([codec]));
    this.inner = outlineOf(codec);
  }

  override opens(kind: JsonContainer): boolean {
    return kind === 'object' || this.inner.opens(kind);
  }

  override field(name: string): Outline {
    return name === 'value' ? this.inner : this.inner.field(name);
  }

  override after(name: string, value: unknown): Outline {
    return name === 'value' ? this : this.inner.after(name, value);
  }

  override missingIn(): [] {
    return [];
  }
}
