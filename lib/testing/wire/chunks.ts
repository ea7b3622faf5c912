import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Delta } from '../../codec/Delta';
import type { Usage } from '../../codec/Usage';
import type { ChoiceOptions } from '../../fold/choices';

/** A call the model makes of a tool. */
export interface ScriptedToolCall {
  readonly name: string;
  /** Any JSON value; a string is taken as the JSON text itself, so that it can be a broken one. */
  readonly arguments: unknown;
  /** Default `call_` and the index. */
  readonly id?: string;
  /** Which call of the answer it is. Default 0. */
  readonly index?: number;
}

const ENVELOPE = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_790_000_000,
  model: 'scripted',
};

/**
 * Makes a chunk of something. Fits into `map` as it stands: the counter that `map` hands over is no
 * {@link ChoiceOptions}, and is not heeded.
 *
 * @example
 * ```ts
 * import { bytesOf, textChunk, doneFrame, finishChunk } from 'rxjs-chat-completions/testing';
 *
 * bytesOf(...['Hel', 'lo'].map(textChunk), finishChunk('stop'), doneFrame());
 * ```
 */
export interface ChunkBuilder<T> {
  (of: T): ChatCompletionChunk;
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- with one alone, `map` would hand a number to options
  (of: T, options?: ChoiceOptions): ChatCompletionChunk;
}

const chunk = (delta: Delta, index: number, finish_reason: string | null = null): ChatCompletionChunk => ({
  ...ENVELOPE,
  choices: [{ index, delta, finish_reason }],
});

/**
 * A chunk that adds text to the answer.
 *
 * The builders in this file keep to the documented form; {@link dialect} has those of one server.
 *
 * @param options - `choice`: which of the `n` answers; 0 by default.
 *
 * @example
 * ```ts
 * import { contentOf } from 'rxjs-chat-completions';
 * import { bytesOf, textChunk, doneFrame, finishChunk } from 'rxjs-chat-completions/testing';
 *
 * const read = bytesOf(textChunk('Hel'), textChunk('lo'), finishChunk('stop'), doneFrame());
 * console.assert(contentOf(textChunk('Hel')) === 'Hel');
 * ```
 */
export const textChunk: ChunkBuilder<string> = (text, { choice = 0 }: ChoiceOptions = {}) =>
  chunk({ content: text }, choice);

/**
 * A chunk that adds to what the model thinks, in Ollama's spelling.
 *
 * @param options - `choice`: which of the `n` answers; 0 by default.
 *
 * @example
 * ```ts
 * import { reasoningIn } from 'rxjs-chat-completions';
 * import { bytesOf, reasoningChunk } from 'rxjs-chat-completions/testing';
 *
 * const read = bytesOf(reasoningChunk('A greeting. '), 'Hello');
 * console.assert(reasoningIn(reasoningChunk('A greeting. ').choices?.[0]?.delta ?? {}) === 'A greeting. ');
 * ```
 */
export const reasoningChunk: ChunkBuilder<string> = (text, { choice = 0 }: ChoiceOptions = {}) =>
  chunk({ content: '', reasoning: text }, choice);

/**
 * A chunk with a whole tool call, as Ollama sends it.
 *
 * @param options - `choice`: which of the `n` answers; 0 by default.
 *
 * @example
 * ```ts
 * import { bytesOf, doneFrame, finishChunk, toolCallChunk } from 'rxjs-chat-completions/testing';
 *
 * bytesOf(toolCallChunk({ name: 'weather', arguments: { city: 'Oslo' } }), finishChunk('tool_calls'), doneFrame());
 * ```
 */
export const toolCallChunk: ChunkBuilder<ScriptedToolCall> = (call, { choice = 0 }: ChoiceOptions = {}) =>
  chunk({ tool_calls: [wholeCall(call)] }, choice);

/**
 * The chunks of a tool call in pieces, as OpenAI sends it: its id and name first, then its arguments bit by bit.
 *
 * @param pieces - The text of the arguments, cut where you like. Default: cut every 8 characters.
 * @param options - `choice`: which of the `n` answers; 0 by default.
 *
 * @example
 * ```ts
 * import { addToolCalls, noToolCalls, toolCallsIn } from 'rxjs-chat-completions';
 * import { toolCallChunks } from 'rxjs-chat-completions/testing';
 *
 * const pieces = toolCallChunks({ name: 'weather', arguments: { city: 'Oslo' } }, ['{"city":', '"Oslo"}']);
 * const { calls } = pieces.reduce((before, chunk) => addToolCalls(before, chunk), noToolCalls);
 * console.assert(pieces.length === 3 && calls[0]?.arguments === '{"city":"Oslo"}');
 * ```
 */
export const toolCallChunks = (
  call: ScriptedToolCall,
  pieces: readonly string[] = cutEvery(8, argumentsText(call)),
  { choice = 0 }: ChoiceOptions = {},
): readonly ChatCompletionChunk[] => {
  const deltas = [callHead(call), ...pieces.map((piece) => callPiece(call, piece))];
  return deltas.map((delta) => chunk({ tool_calls: [delta] }, choice));
};

/**
 * The chunk that ends an answer: `stop`, `length`, `tool_calls`, `content_filter`, or a word of your own.
 *
 * @param options - `choice`: which of the `n` answers; 0 by default.
 *
 * @example
 * ```ts
 * import { finishReasonOf } from 'rxjs-chat-completions';
 * import { bytesOf, doneFrame, finishChunk } from 'rxjs-chat-completions/testing';
 *
 * const read = bytesOf('It was a dark and', finishChunk('length'), doneFrame());
 * console.assert(finishReasonOf(finishChunk('length')) === 'length');
 * ```
 */
export const finishChunk: ChunkBuilder<string> = (reason, { choice = 0 }: ChoiceOptions = {}) =>
  chunk({}, choice, reason);

/**
 * The chunk that counts: no choices, only the tokens of the question and of the answer.
 *
 * @example
 * ```ts
 * import { bytesOf, doneFrame, finishChunk, usageChunk } from 'rxjs-chat-completions/testing';
 *
 * const read = bytesOf('Hello', finishChunk('stop'), usageChunk(9, 1), doneFrame());
 * console.assert(usageChunk(9, 1).usage?.total_tokens === 10);
 * ```
 */
export const usageChunk = (prompt: number, completion: number): ChatCompletionChunk => ({
  ...ENVELOPE,
  choices: [],
  usage: tokens(prompt, completion),
});

/** Both counts and their sum. */
export const tokens = (prompt: number, completion: number): Usage => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
});

/** The text of a call's arguments. */
export const argumentsText = ({ arguments: given }: ScriptedToolCall): string =>
  typeof given === 'string' ? given : JSON.stringify(given);

/** A call in one delta. */
export const wholeCall = (call: ScriptedToolCall) => callHead(call, argumentsText(call));

/** The first delta of a call: what it is, and perhaps the beginning of its arguments. */
export const callHead = ({ index = 0, id = `call_${index}`, name }: ScriptedToolCall, args = '') => ({
  index,
  id,
  type: 'function',
  function: { name, arguments: args },
});

/** A further delta of a call. */
export const callPiece = ({ index = 0 }: ScriptedToolCall, piece: string) => ({
  index,
  function: { arguments: piece },
});

/** The deltas of a call in pieces of so many characters. */
export const callInPieces = (call: ScriptedToolCall, size: number) => [
  callHead(call),
  ...cutEvery(size, argumentsText(call)).map((piece) => callPiece(call, piece)),
];

/** A call as it stands in a completion that is not streamed: most servers leave the index out there. */
export const callInMessage = (call: ScriptedToolCall) => {
  const { id, type, function: called } = wholeCall(call);
  return { id, type, function: called };
};

/** Text in pieces of so many characters; the last may be shorter. */
export const cutEvery = (size: number, text: string): readonly string[] =>
  text.match(new RegExp(`.{1,${size}}`, 'gsu')) ?? [];
