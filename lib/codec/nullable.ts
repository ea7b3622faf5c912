import * as t from 'io-ts';

import { wrapped } from './TaggedType';

/**
 * Creates the codec of a field that may be `null`, which means the same as an absent field.
 *
 * Servers send `null` for missing values as often as they leave the field out, whatever OpenAI's schema requires.
 */
export const nullable = <A>(codec: t.Type<A, unknown>): t.Type<A | null, unknown> =>
  wrapped(codec, isOrNull(codec), (json, context) =>
    json === null ? t.success(null) : codec.validate(json, context),
  );

/** Returns a guard of `null` and of what a codec accepts. Most fields are text, where a guard of its own saves a call. */
function isOrNull<A>({ is }: t.Type<A, unknown>): t.Is<A | null> {
  return (is as t.Is<unknown>) === t.string.is
    ? (isTextOrNull as t.Is<A | null>)
    : (json): json is A | null => json === null || is(json);
}

const isTextOrNull = (json: unknown): json is string | null => typeof json === 'string' || json === null;

/** A text or `null`. */
export const nullableText = nullable(t.string);
