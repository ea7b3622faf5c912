import type * as t from 'io-ts';

import type { Coercion } from './coerce';
import { TaggedType } from './TaggedType';

/**
 * Creates the codec of a field that the answer depends on: it coerces a value whose meaning is plain, and fails at any other
 * misfit.
 *
 * @param codec - Codec of the field.
 * @param coerce - Converts a misfit to a value that fits. Returns a value that fits, or that has no meaning, unchanged.
 */
export const coerced = <A>(codec: t.Type<A, unknown>, coerce: Coercion): t.Type<A, unknown> =>
  new TaggedType<A>(
    'CoercedType',
    codec.name,
    codec.is,
    (json, context) => codec.validate(coerce(json), context),
    codec,
  );
