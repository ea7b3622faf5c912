import { isLeft } from 'fp-ts/Either';
import * as t from 'io-ts';

import { isOrNull } from './nullable';
import { TaggedType } from './TaggedType';

/**
 * Creates the codec of a field that the answer can do without: `null`, or a value of another codec.
 *
 * Never fails. A value that does not fit is decoded to `undefined`, so {@link fields} leaves the field out, and the text beside
 * it arrives. {@link rawOf} returns the object with the original value.
 *
 * @param codec - Codec of the value.
 */
export function lenient<A>(codec: t.Type<A, unknown>): t.Type<A | null, unknown> {
  return new TaggedType<A | null>(
    'LenientType',
    codec.name,
    isOrNull(codec),
    (json, context) => {
      if (json === null) return t.success(null);
      const result = codec.validate(json, context);
      // Typed as A, because a field without a value is absent after `fields`.
      return isLeft(result) ? t.success(undefined as A) : result;
    },
    codec,
  );
}

/** A text that the answer can do without. */
export const lenientText = lenient(t.string);

/** A number that the answer can do without. */
export const lenientNumber = lenient(t.number);
