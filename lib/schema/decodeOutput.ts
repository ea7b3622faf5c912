import { chain, isRight, type Either } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import type * as t from 'io-ts';

import { attempt } from '../codec/attempt';
import { parse } from '../decode/parse';
import type { BadJson, SchemaMismatch } from '../errors';
import { JsonReader } from '../json/JsonReader';
import { decodeValue } from './decodeValue';
import type { Outline } from './Outline';

/** The decoded value, or the error of its text. */
export type DecodedOutput<A> = Either<BadJson | SchemaMismatch, A>;

/**
 * Creates a decoder of the JSON that a model has written for a codec.
 *
 * Removes the additions that `responseFormatOf` requests: `null` for a missing field, and the object around a root that is not an
 * object. Unless `extract` is `'bare'`, JSON inside a JSON string is parsed as well.
 *
 * @param written - The outline of the written JSON: the value, or an object around it.
 * @returns A function of the text of the JSON value, and of the text that an error quotes. Never throws.
 */
export function decodeOutput<A>(
  codec: t.Type<A, unknown>,
  written: Outline,
  extract: 'lenient' | 'bare',
): (text: string, quoted: string) => DecodedOutput<A> {
  const decode = decodeValue(codec);

  const decodeRoot = (json: unknown, text: string): Either<SchemaMismatch, A> => {
    const value = written.unwrap(json, true);
    return decode(value === undefined ? json : value, text);
  };

  const decodeTwice = (json: unknown, text: string): Either<SchemaMismatch, A> => {
    const once = decodeRoot(json, text);
    if (extract === 'bare' || typeof json !== 'string' || isRight(once)) return once;
    const again = attempt((): unknown => {
      new JsonReader({ shape: written }).push(json); // Throws for a text that is nested too deep for a codec.
      return JSON.parse(json);
    });
    return again === undefined ? once : decodeRoot(again, text);
  };

  return (text, quoted) =>
    pipe(
      parse(text, quoted),
      chain((json): DecodedOutput<A> => decodeTwice(json, quoted)),
    );
}
