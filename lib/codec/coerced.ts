import type * as t from 'io-ts';

import type { Coercion } from './coerce';
import { wrapped } from './TaggedType';

/**
 * Creates the codec of a field that the answer depends on: it coerces a value whose meaning is plain, and fails at any other
 * misfit.
 *
 * @param codec - Codec of the field.
 * @param coerce - Converts a misfit to a value that fits. Returns a value that fits, or that has no meaning, unchanged.
 * @param is - Whether a value needs no coercion. Default: whether it fits.
 */
export const coerced = <A>(
  codec: t.Type<A, unknown>,
  coerce: Coercion,
  is: t.Is<A> = codec.is,
): t.Type<A, unknown> => wrapped(codec, is, (json, context) => codec.validate(coerce(json), context));

/**
 * Creates the codec of an object whose fields may have another place: like {@link coerced}, but a value that the codec accepts is
 * coerced as well.
 *
 * @param coerce - Returns a value in the usual shape unchanged.
 */
export const reshaped = <A>(codec: t.Type<A, unknown>, coerce: Coercion): t.Type<A, unknown> =>
  coerced(codec, coerce, (json): json is A => codec.is(json) && coerce(json) === json);
