import * as t from 'io-ts';

/**
 * A field that may be `null`, which means the same as leaving it out.
 *
 * Servers fill in what they have no value for with `null` as often as they leave it out, whatever OpenAI's schema
 * says. Inside `t.partial` a nullable field may be absent as well.
 */
export const nullable = <C extends t.Mixed>(codec: C): t.UnionC<[t.NullC, C]> => t.union([t.null, codec]);
