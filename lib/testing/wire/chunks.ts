import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Delta } from '../../codec/Delta';
import type { Usage } from '../../codec/Usage';
import type { ChoiceOptions } from '../../fold/choices';

/** A tool call of the scripted model. */
export interface ScriptedToolCall {
  /** Name of the tool. */
  readonly name: string;
  /** Any JSON value. A string is the JSON text itself, which may be invalid. */
  readonly arguments: unknown;
  /** Default: `call_` and the index. */
  readonly id?: string;
  /** Index of the call in the answer. Default 0; in a script, the next after those before it. */
  readonly index?: number;
}

const ENVELOPE = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_790_000_000,
  model: 'scripted',
};

/**
 * Builds a chunk. Can be passed to `map`, whose index argument is ignored.
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
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- with one alone, `map` would pass a number as options
  (of: T, options?: ChoiceOptions): ChatCompletionChunk;
}

const chunk = (delta: Delta, index: number, finish_reason: string | null = null): ChatCompletionChunk => ({
  ...ENVELOPE,
  choices: [{ index, delta, finish_reason }],
});

/**
 * Builds a chunk with text.
 *
 * The chunk has the documented format; {@link dialect} has the builders of specific servers.
 *
 * @param options - `choice`: index of the choice; 0 by default.
 *
 * @example
 * ```ts
 * import { contentOf } from 'rxjs-chat-completions/fold';
 * import { bytesOf, textChunk, doneFrame, finishChunk } from 'rxjs-chat-completions/testing';
 *
 * const read = bytesOf(textChunk('Hel'), textChunk('lo'), finishChunk('stop'), doneFrame());
 * console.assert(contentOf(textChunk('Hel')) === 'Hel');
 * ```
 */
export const textChunk: ChunkBuilder<string> = (text, { choice = 0 }: ChoiceOptions = {}) =>
  chunk({ content: text }, choice);

/**
 * Builds a chunk with reasoning, in Ollama's field `reasoning`.
 *
 * @param options - `choice`: index of the choice; 0 by default.
 *
 * @example
 * ```ts
 * import { reasoningIn } from 'rxjs-chat-completions/fold';
 * import { bytesOf, reasoningChunk } from 'rxjs-chat-completions/testing';
 *
 * const read = bytesOf(reasoningChunk('A greeting. '), 'Hello');
 * console.assert(reasoningIn(reasoningChunk('A greeting. ').choices?.[0]?.delta ?? {}) === 'A greeting. ');
 * ```
 */
export const reasoningChunk: ChunkBuilder<string> = (text, { choice = 0 }: ChoiceOptions = {}) =>
  chunk({ content: '', reasoning: text }, choice);

/**
 * Builds a chunk with a complete tool call, as Ollama sends it.
 *
 * @param options - `choice`: index of the choice; 0 by default.
 *
 * @example
 * ```ts
 * import { bytesOf, doneFrame, finishChunk, toolCallChunk } from 'rxjs-chat-completions/testing';
 *
 * bytesOf(toolCallChunk({ name: 'weather', arguments: { city: 'Oslo' } }), finishChunk('tool_calls'), doneFrame());
 * ```
 */
export const toolCallChunk: ChunkBuilder<ScriptedToolCall> = (call, { choice = 0 }: ChoiceOptions = {}) =>
  chunk({ tool_calls: [singleCallDelta(call)] }, choice);

/**
 * Builds the chunks of a tool call in several deltas, as OpenAI sends it: id and name first, then the arguments.
 *
 * @param fragments - The JSON text of the arguments, in fragments. Default: fragments of 8 characters.
 * @param options - `choice`: index of the choice; 0 by default.
 *
 * @example
 * ```ts
 * import { addToolCalls, noToolCalls, toolCallsIn } from 'rxjs-chat-completions/fold';
 * import { toolCallChunks } from 'rxjs-chat-completions/testing';
 *
 * const chunks = toolCallChunks({ name: 'weather', arguments: { city: 'Oslo' } }, ['{"city":', '"Oslo"}']);
 * const { calls } = chunks.reduce((state, chunk) => addToolCalls(state, chunk), noToolCalls);
 * console.assert(chunks.length === 3 && calls[0]?.arguments === '{"city":"Oslo"}');
 * ```
 */
export const toolCallChunks = (
  call: ScriptedToolCall,
  fragments: readonly string[] = splitEvery(8, argumentsText(call)),
  { choice = 0 }: ChoiceOptions = {},
): readonly ChatCompletionChunk[] => {
  const deltas = [firstCallDelta(call), ...fragments.map((fragment) => nextCallDelta(call, fragment))];
  return deltas.map((delta) => chunk({ tool_calls: [delta] }, choice));
};

/** Options for {@link objectChunks}. */
export interface ObjectChunksOptions extends ChoiceOptions {
  /** Characters in a chunk; 8 by default. The last chunk may have fewer. */
  readonly every?: number;
}

/**
 * Builds the chunks of an answer that is JSON, cut every few characters.
 *
 * @param value - Any JSON value.
 * @param options - `every`: the characters in a chunk; 8 by default. `choice`: index of the choice; 0 by default.
 *
 * @example
 * ```ts
 * import { contentOf } from 'rxjs-chat-completions/fold';
 * import { objectChunks } from 'rxjs-chat-completions/testing';
 *
 * const chunks = objectChunks({ name: 'Ada' }, { every: 9 });
 * console.assert(chunks.map((chunk) => contentOf(chunk)).join('|') === '{"name":"|Ada"}');
 * ```
 */
export const objectChunks = (
  value: unknown,
  { every = 8, choice = 0 }: ObjectChunksOptions = {},
): readonly ChatCompletionChunk[] =>
  splitEvery(every, JSON.stringify(value)).map((content) => chunk({ content }, choice));

/**
 * Builds the chunk with the finish reason: `stop`, `length`, `tool_calls`, `content_filter`, or any other text.
 *
 * @param options - `choice`: index of the choice; 0 by default.
 *
 * @example
 * ```ts
 * import { finishReasonOf } from 'rxjs-chat-completions/fold';
 * import { bytesOf, doneFrame, finishChunk } from 'rxjs-chat-completions/testing';
 *
 * const read = bytesOf('It was a dark and', finishChunk('length'), doneFrame());
 * console.assert(finishReasonOf(finishChunk('length')) === 'length');
 * ```
 */
export const finishChunk: ChunkBuilder<string> = (reason, { choice = 0 }: ChoiceOptions = {}) =>
  chunk({}, choice, reason);

/**
 * Builds the chunk with the usage: no choices, only the tokens of the prompt and of the answer.
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
  usage: toUsage(prompt, completion),
});

/** Returns both counts and their sum. */
export const toUsage = (prompt: number, completion: number): Usage => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
});

/** Returns the JSON text of a call's arguments. */
export const argumentsText = ({ arguments: args }: ScriptedToolCall): string =>
  typeof args === 'string' ? args : JSON.stringify(args);

/** Builds a call in one delta. */
export const singleCallDelta = (call: ScriptedToolCall) => firstCallDelta(call, argumentsText(call));

/** Builds the first delta of a call: id, name and the beginning of its arguments. */
export const firstCallDelta = ({ index = 0, id = `call_${index}`, name }: ScriptedToolCall, args = '') => ({
  index,
  id,
  type: 'function',
  function: { name, arguments: args },
});

/** Builds a further delta of a call. */
export const nextCallDelta = ({ index = 0 }: ScriptedToolCall, fragment: string) => ({
  index,
  function: { arguments: fragment },
});

/** Builds the deltas of a call, with `size` characters of its arguments in each. */
export const callDeltas = (call: ScriptedToolCall, size: number) => [
  firstCallDelta(call),
  ...splitEvery(size, argumentsText(call)).map((fragment) => nextCallDelta(call, fragment)),
];

/** Builds a call of a completion without streaming. Most servers leave out the index there. */
export const messageCall = (call: ScriptedToolCall) => {
  const { id, type, function: called } = singleCallDelta(call);
  return { id, type, function: called };
};

/** Splits a text into fragments of `size` characters. The last may be shorter. */
export const splitEvery = (size: number, text: string): readonly string[] =>
  text.match(new RegExp(`.{1,${size}}`, 'gsu')) ?? [];
