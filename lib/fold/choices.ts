import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ChunkChoice } from '../codec/ChunkChoice';

/**
 * Which of the answers is meant, where `n` asked for more than one.
 *
 * @example
 * ```ts
 * import { contentOf } from 'rxjs-chat-completions';
 *
 * const chunk = { choices: [{ index: 1, delta: { content: 'lo' } }] };
 * console.assert(contentOf(chunk, { choice: 1 }) === 'lo');
 * ```
 */
export interface ChoiceOptions {
  /** The choice to follow, by its `index`. Default 0: the only one unless `n` asked for more. */
  readonly choice?: number;
}

/**
 * What a chunk says of one choice.
 *
 * Fits into `map` as it stands: the counter that `map` hands over is no {@link ChoiceOptions}, and is not heeded.
 *
 * @example
 * ```ts
 * import { map, of } from 'rxjs';
 * import { contentOf } from 'rxjs-chat-completions';
 * import { textChunk } from 'rxjs-chat-completions/testing';
 *
 * of(textChunk('Hel'), textChunk('lo'))
 *   .pipe(map(contentOf))
 *   .subscribe((text) => console.assert(text === 'Hel' || text === 'lo'));
 * ```
 */
export interface ChunkReader<A> {
  (chunk: ChatCompletionChunk): A;
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- with one alone, `map` would hand a number to options
  (chunk: ChatCompletionChunk, options?: ChoiceOptions): A;
}

/**
 * What has come of one choice, with one more chunk.
 *
 * Fits into `scan` and `reduce` as it stands, as a {@link ChunkReader} does into `map`.
 *
 * @example
 * ```ts
 * import { of, reduce } from 'rxjs';
 * import { addContent } from 'rxjs-chat-completions';
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

/** Which answer an entry goes on with: its `index`, or its place where it has none. */
export const choiceIndex = ({ index }: ChunkChoice, place: number): number => index ?? place;

/** What a chunk has for one choice; a list, since nothing forbids it to come in two entries. */
export const choicesAt = (chunk: ChatCompletionChunk, choice: number): readonly ChunkChoice[] =>
  chunk.choices?.filter((each, place) => choiceIndex(each, place) === choice) ?? none;
