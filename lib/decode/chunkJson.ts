import { isRight, left, map } from 'fp-ts/Either';

import { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { markedChunk, markOf, type Mark } from '../codec/mark';
import type { ChunkError } from '../errors';
import { chatErrorFrom } from './chatErrorFrom';
import { decodeWith, type Decoded } from './decode';

/** The JSON form of a value of `chatCompletion$`. */
export type ChunkJSON =
  | { readonly chunk: ChatCompletionChunk; readonly mark?: Mark }
  | { readonly error: Readonly<Record<string, unknown>> };

const decode = decodeWith(ChatCompletionChunk);

/**
 * Converts a value of `chatCompletion$` to plain data, for `postMessage`, `structuredClone` or a file.
 *
 * A mark is a symbol and an error a class, so a plain copy of a value loses both.
 *
 * @param decoded - A chunk with or without a mark, or the error of a chunk that could not be read.
 * @returns Plain data that {@link chunkFromJSON} reads.
 *
 * @example Fold in another thread
 * ```ts
 * import { right } from 'fp-ts/Either';
 * import { orFail } from 'rxjs-chat-completions';
 * import { chunkFromJSON, chunkToJSON, markedChunk, markOf } from 'rxjs-chat-completions/codec';
 * import { of } from 'rxjs';
 *
 * const restart = right(markedChunk({ kind: 'restarted', attempt: 2 }));
 * const received = structuredClone(chunkToJSON(restart));
 * of(chunkFromJSON(received))
 *   .pipe(orFail())
 *   .subscribe((chunk) => console.assert(markOf(chunk)?.kind === 'restarted'));
 * ```
 */
export function chunkToJSON(decoded: Decoded<ChatCompletionChunk>): ChunkJSON {
  if (!isRight(decoded)) return { error: decoded.left.toJSON() };
  const mark = markOf(decoded.right);
  if (mark === undefined) return { chunk: decoded.right };
  // Without the symbol.
  const chunk: ChatCompletionChunk = Object.fromEntries(Object.entries(decoded.right));
  return { chunk, mark };
}

/**
 * Converts plain data back to a value of `chatCompletion$`.
 *
 * The chunk is validated like one of a server.
 *
 * @param json - A result of {@link chunkToJSON}, after `JSON.parse` or `structuredClone`.
 * @throws TypeError if `json` is something else.
 *
 * @example
 * ```ts
 * import { isLeft } from 'fp-ts/Either';
 * import { chunkFromJSON, chunkToJSON, decodeChunk } from 'rxjs-chat-completions/codec';
 *
 * const stored = JSON.stringify(chunkToJSON(decodeChunk('{"cho')));
 * const decoded = chunkFromJSON(JSON.parse(stored));
 * console.assert(isLeft(decoded) && decoded.left._tag === 'BadJson');
 * ```
 */
export function chunkFromJSON(json: unknown): Decoded<ChatCompletionChunk> {
  const { chunk, mark, error } = Object(json) as { chunk?: unknown; mark?: unknown; error?: unknown };
  if (error !== undefined) return left(chunkErrorFrom(error));
  if (chunk === undefined) throw notAChunk();
  const decoded = decode(chunk, JSON.stringify(chunk));
  if (mark === undefined) return decoded;
  const marked = markedChunk(markFrom(mark));
  return map((read: ChatCompletionChunk) => ({ ...marked, ...read }))(decoded);
}

function chunkErrorFrom(json: unknown): ChunkError {
  const error = chatErrorFrom(json);
  if (error._tag !== 'BadJson' && error._tag !== 'SchemaMismatch') throw notAChunk();
  return error;
}

function markFrom(json: unknown): Mark {
  const { kind, attempt } = Object(json) as { kind?: unknown; attempt?: unknown };
  if (kind === 'ended-without-reason') return { kind };
  if (kind === 'restarted' && typeof attempt === 'number') return { kind, attempt };
  throw notAChunk();
}

const notAChunk = (): TypeError =>
  new TypeError('not the JSON form of a chunk: pass a result of chunkToJSON');
