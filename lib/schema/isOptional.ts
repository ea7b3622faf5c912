import { isRight } from 'fp-ts/Either';
import type * as t from 'io-ts';

/** Returns whether a field may be missing: its codec accepts `undefined`, or replaces it with a default. */
export const isOptional = (codec: t.Any): boolean => isRight(codec.decode(undefined));
