import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ChunkChoice } from '../codec/ChunkChoice';

/**
 * The choice to read, where the request has `n` above 1.
 *
 * @example
 * ```ts
 * import { contentOf } from 'rxjs-chat-completions/fold';
 *
 * const chunk = { choices: [{ index: 1, delta: { content: 'lo' } }] };
 * console.assert(contentOf(chunk, { choice: 1 }) === 'lo');
 * ```
 */
export interface ChoiceOptions {
  /** The `index` of the choice to read. Default 0, the only one unless `n` is above 1. */
  readonly choice?: number;
}

/**
 * A function that reads one choice of a chunk.
 *
 * Can be passed to `map` directly: the counter that `map` passes is not a {@link ChoiceOptions} and is ignored.
 *
 * @example
 * ```ts
 * import { map, of } from 'rxjs';
 * import { contentOf } from 'rxjs-chat-completions/fold';
 * import { textChunk } from 'rxjs-chat-completions/testing';
 *
 * of(textChunk('Hel'), textChunk('lo'))
 *   .pipe(map(contentOf))
 *   .subscribe((text) => console.assert(text === 'Hel' || text === 'lo'));
 * ```
 */
export interface ChunkReader<A> {
  (chunk: ChatCompletionChunk): A;
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- with a single one, `map` would pass a number as options
  (chunk: ChatCompletionChunk, options?: ChoiceOptions): A;
}

/**
 * A function that adds a chunk to the state of one choice.
 *
 * Can be passed to `scan` and `reduce` directly, as a {@link ChunkReader} to `map`.
 *
 * @example
 * ```ts
 * import { of, reduce } from 'rxjs';
 * import { addContent } from 'rxjs-chat-completions/fold';
 * import { textChunk } from 'rxjs-chat-completions/testing';
 *
 * of(textChunk('Hel'), textChunk('lo'))
 *   .pipe(reduce(addContent, ''))
 *   .subscribe((text) => console.assert(text === 'Hello'));
 * ```
 */
export interface ChunkStep<S> {
  (before: S, chunk: ChatCompletionChunk): S;
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- as above
  (before: S, chunk: ChatCompletionChunk, options?: ChoiceOptions): S;
}

const none: readonly ChunkChoice[] = [];

/** Returns the `index` of a choice, or its place in the list if it has none. */
export const choiceIndex = ({ index }: ChunkChoice, place: number): number => index ?? place;

/** Returns the entries of a chunk for one choice. Nothing forbids a server to send two for the same index. */
export function choicesAt({ choices }: ChatCompletionChunk, choice: number): readonly ChunkChoice[] {
  if (!choices) return none;
  const [first] = choices;
  // Nearly always: one entry, of the choice that is read.
  if (choices.length === 1 && first && choiceIndex(first, 0) === choice) return choices;
  return choices.filter((each, place) => choiceIndex(each, place) === choice);
}
