import { isLeft } from 'fp-ts/Either';
import * as t from 'io-ts';

import { nullable } from './nullable';
import { wrapped } from './TaggedType';

/**
 * Creates the codec of a field that the answer can do without: `null`, or a value of another codec.
 *
 * Never fails. A value that does not fit is decoded to `undefined`, so {@link fields} leaves the field out, and the text beside
 * it arrives. {@link rawOf} returns the object with the original value.
 *
 * @param codec - Codec of the value.
 */
export function lenient<A>(codec: t.Type<A, unknown>): t.Type<A | null, unknown> {
  const orNull = nullable(codec);
  return wrapped(codec, orNull.is, (json, context) => {
    const result = orNull.validate(json, context);
    // Typed as A, because a field without a value is absent after `fields`.
    return isLeft(result) ? t.success(undefined as A) : result;
  });
}

/** A text that the answer can do without. */
export const lenientText = lenient(t.string);

/** A number that the answer can do without. */
export const lenientNumber = lenient(t.number);
