import type { ChatCompletionChunk } from './ChatCompletionChunk';

/**
 * A note of this library in a stream of chunks.
 *
 * `ended-without-reason`: the server sent `[DONE]` without a finish reason; the answer is complete, its tool calls are not.
 * `restarted`: the answer starts again from the beginning, and every fold returns to its initial state.
 *
 * @example
 * ```ts
 * import type { Mark } from 'rxjs-chat-completions/codec';
 *
 * const mark: Mark = { kind: 'restarted', attempt: 2 };
 * ```
 */
export type Mark =
  | { readonly kind: 'ended-without-reason' }
  | {
      readonly kind: 'restarted';
      /** Number of the attempt that begins, from 1; a mark has at least 2. */
      readonly attempt: number;
    };

/** JSON has no symbols, so no server can forge a mark. Two copies of this library share it. */
const MARK = Symbol.for('rxjs-chat-completions.mark');

interface Marked extends ChatCompletionChunk {
  readonly [MARK]?: Mark;
}

/**
 * Returns the note that a chunk carries, if it is one of this library's own.
 *
 * @param chunk - Any chunk; those of a server have none.
 *
 * @example Report that an answer begins again
 * ```ts
 * import { tap } from 'rxjs';
 * import { chatCompletion$, orFail } from 'rxjs-chat-completions';
 * import { markOf } from 'rxjs-chat-completions/codec';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   orFail(),
 *   tap((chunk) => {
 *     if (markOf(chunk)?.kind === 'restarted') console.log('once more');
 *   }),
 * );
 * ```
 */
export const markOf = (chunk: ChatCompletionChunk): Mark | undefined => (chunk as Marked)[MARK];

/**
 * Creates a chunk that adds nothing and carries a note.
 *
 * @param mark - The note.
 *
 * @example
 * ```ts
 * import { markedChunk } from 'rxjs-chat-completions/codec';
 * import { addContent } from 'rxjs-chat-completions/fold';
 *
 * console.assert(addContent('half an ans', markedChunk({ kind: 'restarted', attempt: 2 })) === '');
 * ```
 */
export function markedChunk(mark: Mark): ChatCompletionChunk {
  const marked: Marked = { choices: [], [MARK]: mark };
  return marked;
}

/** Whether a chunk marks a restart, which voids everything received before it. */
export const isRestart = (chunk: ChatCompletionChunk): boolean => markOf(chunk)?.kind === 'restarted';

/** Whether a chunk marks the end of an answer whose server has sent no finish reason. */
export const isEndWithoutReason = (chunk: ChatCompletionChunk): boolean =>
  markOf(chunk)?.kind === 'ended-without-reason';
