import { isLeft, mapLeft, right, type Either } from 'fp-ts/Either';
import type { Errors, Type } from 'io-ts';

import { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ChunkError, SchemaMismatch } from '../errors';
import { mismatchOf } from './issues';
import { parse } from './parse';

/**
 * A decoded value, or the error of its payload.
 *
 * The folds, such as `accumulateContent`, read it as it is, and `orFail()` emits the plain value. By hand, check `_tag`: a `Right`
 * has the value as `right`, a `Left` has the error as `left`. The stream continues after a `Left`.
 *
 * @example
 * ```ts
 * import { match } from 'fp-ts/Either';
 * import { decodeChunk } from 'rxjs-chat-completions/codec';
 *
 * const text = match(
 *   (error: Error) => error.message,
 *   () => 'a chunk',
 * )(decodeChunk('{"choices":5}'));
 * console.assert(text === 'choices: expected array, got 5');
 * ```
 */
export type Decoded<A> = Either<ChunkError, A>;

/** A codec of a JSON value. */
export type Codec<A> = Type<A, unknown>;

/**
 * Creates a decoder from a codec: JSON that fits is decoded to the same object, with its unknown fields.
 *
 * `is` of the codec accepts what fits at a fraction of the cost: the `decode` of io-ts creates a context for every field, in case
 * it fails. For every chunk that costs three times as much as `JSON.parse`. It decodes only what `is` rejects.
 *
 * @param codec - The codec. It must not change values that fit.
 * @returns A function of the value and of the text that it was parsed from, which an error quotes. Never throws.
 *
 * @example
 * ```ts
 * import { isRight } from 'fp-ts/Either';
 * import { ChatCompletion, decodeWith } from 'rxjs-chat-completions/codec';
 *
 * const decode = decodeWith(ChatCompletion);
 * const stored = '{"choices":[]}';
 * console.assert(isRight(decode(JSON.parse(stored), stored)));
 * ```
 */
export function decodeWith<A>(codec: Codec<A>): (json: unknown, text: string) => Either<SchemaMismatch, A> {
  return (json, text) => {
    if (codec.is(json)) return right(json);
    return mapLeft((errors: Errors) => mismatchOf(errors, text))(codec.decode(json));
  };
}

const decodeJson = decodeWith(ChatCompletionChunk);

/**
 * Decodes one payload of a stream.
 *
 * @param payload - The text of an event's data; not `[DONE]`.
 * @returns The chunk; or `BadJson` if the text is not JSON, {@link SchemaMismatch} if it does not fit
 * {@link ChatCompletionChunk}. Never throws.
 *
 * @example
 * ```ts
 * import { isRight } from 'fp-ts/Either';
 * import { decodeChunk } from 'rxjs-chat-completions/codec';
 * import { contentOf } from 'rxjs-chat-completions/fold';
 *
 * const decoded = decodeChunk('{"choices":[{"index":0,"delta":{"content":"Hel"}}]}');
 * console.assert(isRight(decoded) && contentOf(decoded.right) === 'Hel');
 * ```
 */
export function decodeChunk(payload: string): Decoded<ChatCompletionChunk> {
  const json = parse(payload);
  return isLeft(json) ? json : decodeJson(json.right, payload);
}
