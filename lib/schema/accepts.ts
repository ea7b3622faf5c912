import { isRight } from 'fp-ts/Either';
import type * as t from 'io-ts';

import { attempt } from '../codec/attempt';

/** Whether a codec accepts a value. One that throws does not: many are written for the type that they expect. */
export const accepts = (codec: t.Any, value: unknown): boolean =>
  attempt(() => isRight(codec.decode(value))) ?? false;

/** Returns whether a field may be missing: its codec accepts `undefined`, or replaces it with a default. */
export const isOptional = (codec: t.Any): boolean => accepts(codec, undefined);

/** A value that JSON does not have. */
const NO_JSON = Symbol('no JSON');

/** Returns whether a codec replaces whatever does not fit, as `withFallback` of io-ts-types does. */
export const hasFallback = (codec: t.Any): boolean => accepts(codec, NO_JSON);
