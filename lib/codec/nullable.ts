import * as t from 'io-ts';

/**
 * Creates the codec of a field that may be `null`, which means the same as an absent field.
 *
 * Servers send `null` for missing values as often as they leave the field out, whatever OpenAI's schema requires.
 */
export function nullable<A>(codec: t.Type<A, unknown>): t.Type<A | null, unknown> {
  const { name, validate, encode, types } = t.union([t.null, codec]);
  const { is } = codec;
  // That of the union is a loop over its codecs.
  const fits = (json: unknown): json is A | null => json === null || is(json);
  return new t.UnionType(name, fits, validate, encode, types);
}
