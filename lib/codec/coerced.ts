import * as t from 'io-ts';

import type { Coercion } from './coerce';

/** The class of codecs made by {@link coerced}. */
class CoercedType<A> extends t.Type<A, unknown> {
  readonly _tag = 'CoercedType';

  constructor(
    validate: t.Validate<unknown, A>,
    readonly type: t.Type<A, unknown>,
  ) {
    super(type.name, type.is, validate, t.identity);
  }
}

/**
 * Creates the codec of a field that the answer depends on: it coerces a value whose meaning is plain, and fails at any other
 * misfit.
 *
 * @param codec - Codec of the field.
 * @param coerce - Converts a misfit to a value that fits. Returns a value that fits, or that has no meaning, unchanged.
 */
export const coerced = <A>(codec: t.Type<A, unknown>, coerce: Coercion): t.Type<A, unknown> =>
  new CoercedType<A>((json, context) => codec.validate(coerce(json), context), codec);
