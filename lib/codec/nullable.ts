import * as t from 'io-ts';

/**
 * Creates the codec of a field that may be `null`, which means the same as an absent field.
 *
 * Servers send `null` for missing values as often as they leave the field out, whatever OpenAI's schema requires.
 */
export const nullable = <A>(codec: t.Type<A, unknown>): t.Type<A | null, unknown> => t.union([t.null, codec]);
