import { left, mapLeft, right, type Either } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import type { Type } from 'io-ts';

import { BadJson, SchemaMismatch, type ChunkError } from '../errors';
import { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { guardOf } from './guardOf';
import { issuesOf } from './issues';

/**
 * A value, or why one payload could not be read.
 *
 * In band: the stream goes on after a left.
 *
 * @example
 * ```ts
 * import { match } from 'fp-ts/Either';
 * import { decodeChunk } from 'rxjs-chat-completions';
 *
 * const text = match(
 *   (error: Error) => error.message,
 *   () => 'a chunk',
 * )(decodeChunk('{"choices":5}'));
 * console.assert(text === 'choices: expected array, got 5');
 * ```
 */
export type Decoded<A> = Either<ChunkError, A>;

/** A codec that is asked what fits, and changes nothing: what all codecs here are. */
export type Codec<A> = Type<A, unknown>;

/**
 * Makes a decoder of a codec: JSON that fits comes through as the same object, unknown fields and all.
 *
 * A guard compiled from the codec looks first, io-ts itself only at what the guard turns down. So the codec alone says
 * what is accepted and every report is its own, at a fraction of the cost.
 *
 * @param codec - What fits. One that changes values has to be used directly: here what fits stays as it is.
 * @returns A function of the value and the text it was parsed from, which an error quotes. Never throws.
 *
 * @example
 * ```ts
 * import { isRight } from 'fp-ts/Either';
 * import { ChatCompletion, decodeWith } from 'rxjs-chat-completions';
 *
 * const decode = decodeWith(ChatCompletion);
 * const stored = '{"choices":[]}';
 * console.assert(isRight(decode(JSON.parse(stored), stored)));
 * ```
 */
export function decodeWith<A>(codec: Codec<A>): (json: unknown, text: string) => Either<SchemaMismatch, A> {
  const fits = guardOf(codec);
  return (json, text) =>
    fits(json)
      ? right(json as A)
      : pipe(
          codec.decode(json),
          mapLeft((errors) => new SchemaMismatch(issuesOf(errors), text, errors)),
        );
}

const decodeJson = decodeWith(ChatCompletionChunk);

/**
 * Decodes one payload of a stream.
 *
 * @param payload - The text of an event's data; not `[DONE]`.
 * @returns The chunk; else {@link BadJson} when the text is no JSON, {@link SchemaMismatch} when it is JSON of another
 * kind. Never throws.
 *
 * @example
 * ```ts
 * import { isRight } from 'fp-ts/Either';
 * import { contentOf, decodeChunk } from 'rxjs-chat-completions';
 *
 * const decoded = decodeChunk('{"choices":[{"index":0,"delta":{"content":"Hel"}}]}');
 * console.assert(isRight(decoded) && contentOf(decoded.right) === 'Hel');
 * ```
 */
export function decodeChunk(payload: string): Decoded<ChatCompletionChunk> {
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch (cause) {
    return left(new BadJson(payload, cause));
  }
  return decodeJson(json, payload);
}
