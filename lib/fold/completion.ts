import type { ChatCompletion, CompletionChoice } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ChunkChoice } from '../codec/ChunkChoice';
import { isRestart } from '../codec/mark';
import type { Usage } from '../codec/Usage';
import { choicesAt, choiceIndex, type ChoiceOptions, type ChunkReader } from './choices';
import { joinContent } from './content';
import {
  append,
  concat,
  firstNonEmpty,
  join,
  lastNonEmpty,
  latest,
  omit,
  replaceAt,
  type Rule,
  type Rules,
} from './join';
import { joinLogprobs } from './logprobs';
import { joinReasoningDetails } from './reasoning';
import { joinFunctionCall, joinToolCalls } from './joinToolCalls';

/**
 * The completion before the first chunk.
 *
 * @example
 * ```ts
 * import { emptyCompletion } from 'rxjs-chat-completions';
 *
 * console.assert(emptyCompletion.choices.length === 0);
 * ```
 */
export const emptyCompletion: ChatCompletion = { object: 'chat.completion', choices: [] };

/**
 * Adds a chunk to a completion.
 *
 * The sum of all chunks equals what the same server sends without streaming: a choice for each index, its message, tool
 * calls, refusal, reasoning in the fields the server uses, logprobs, and the last usage. Unknown fields are kept with their
 * latest value. Fields of the stream alone (`obfuscation`, errors) are left out.
 *
 * The cost does not grow with the answer, except where a server streams lists of its own (vLLM's `token_ids`).
 * Nothing is mutated. Parts that a chunk does not change stay the same objects, so a comparison by identity finds the
 * changes.
 *
 * @param completion - The completion so far; {@link emptyCompletion} at the start. A completion that was stored as JSON works
 * as well.
 * @param chunk - Any chunk. One that is marked as a restart resets to {@link emptyCompletion}.
 * @returns A new completion, or the same object if the chunk adds nothing.
 *
 * @example
 * ```ts
 * import { reduce } from 'rxjs';
 * import { addChunk, chatCompletion$, emptyCompletion, orFail } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   orFail(),
 *   reduce(addChunk, emptyCompletion),
 * );
 * ```
 */
export function addChunk(completion: ChatCompletion, chunk: ChatCompletionChunk): ChatCompletion {
  if (isRestart(chunk)) return emptyCompletion;
  const next = join(completion, chunk, CHUNK_RULES);
  const usage = usageOf(chunk);
  return usage === null || usage === next.usage ? next : { ...next, usage };
}

/**
 * Reads the usage of a chunk, from the chunk itself or from a choice.
 *
 * @param chunk - Any chunk.
 * @returns `null` if there is none. A later usage replaces an earlier one.
 *
 * @example
 * ```ts
 * import { usageOf } from 'rxjs-chat-completions';
 *
 * console.assert(usageOf({ choices: [], usage: { total_tokens: 12 } })?.total_tokens === 12);
 * console.assert(usageOf({ choices: [{ index: 0, usage: { total_tokens: 12 } }] })?.total_tokens === 12);
 * ```
 */
export const usageOf = (chunk: ChatCompletionChunk): Usage | null =>
  chunk.usage ?? chunk.choices?.reduce<Usage | null>((last, { usage }) => usage ?? last, null) ?? null;

/**
 * Reads the finish reason of one choice.
 *
 * @param chunk - Any chunk.
 * @param options - The choice to read.
 * @returns `null` if the chunk has none; `""` counts as none.
 *
 * @example
 * ```ts
 * import { finishReasonOf } from 'rxjs-chat-completions';
 *
 * console.assert(finishReasonOf({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) === 'stop');
 * ```
 */
export const finishReasonOf: ChunkReader<string | null> = (chunk, { choice = 0 }: ChoiceOptions = {}) =>
  choicesAt(chunk, choice).reduce<string | null>(
    (reason, { finish_reason }) => finish_reason || reason,
    null,
  );

/**
 * Reads the refusal text that a chunk adds to one choice.
 *
 * @param chunk - Any chunk.
 * @param options - The choice to read.
 * @returns `''` if it adds none.
 *
 * @example
 * ```ts
 * import { refusalOf } from 'rxjs-chat-completions';
 *
 * console.assert(refusalOf({ choices: [{ index: 0, delta: { refusal: 'I will not.' } }] }) === 'I will not.');
 * ```
 */
export const refusalOf: ChunkReader<string> = (chunk, { choice = 0 }: ChoiceOptions = {}) =>
  choicesAt(chunk, choice).reduce((text, { delta }) => text + (delta?.refusal ?? ''), '');

/** Joins the `choices` of a chunk to those of a completion, in the order of their index. */
const joinChoices: Rule = (before, delta) => {
  let choices = before as readonly CompletionChoice[];
  let place = 0;
  for (const choice of (delta ?? []) as readonly ChunkChoice[]) {
    choices = addEntry(choices, choice, choiceIndex(choice, place));
    place += 1;
  }
  return choices;
};

function addEntry(
  choices: readonly CompletionChoice[],
  choice: ChunkChoice,
  index: number,
): readonly CompletionChoice[] {
  const at = choices.findIndex((choice, place) => (choice.index ?? place) === index);
  const begun = choices[at];
  if (begun === undefined) {
    const first = { index, message: { role: 'assistant', content: null }, finish_reason: null };
    return [...choices, joinChoice(first, choice)].sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
  }
  const joined = joinChoice(begun, choice);
  return joined === begun ? choices : replaceAt(choices, at, joined);
}

function joinChoice(begun: CompletionChoice, choice: ChunkChoice): CompletionChoice {
  const next = join(begun, choice, CHOICE_RULES);
  const message = join(begun.message ?? {}, choice.delta ?? {}, MESSAGE_RULES, concat);
  return message === begun.message ? next : { ...next, message };
}

const AUDIO_RULES: Rules = new Map([
  ['id', firstNonEmpty],
  ['data', append],
  ['transcript', append],
]);

const joinAudio: Rule = (before, delta) =>
  delta === null || delta === undefined ? latest(before, delta) : join(before ?? {}, delta, AUDIO_RULES);

const MESSAGE_RULES: Rules = new Map([
  ['role', firstNonEmpty],
  ['content', joinContent],
  ['refusal', append],
  ['reasoning', append],
  ['reasoning_content', append],
  ['reasoning_details', joinReasoningDetails],
  ['tool_calls', joinToolCalls],
  ['function_call', joinFunctionCall],
  ['audio', joinAudio],
]);

const CHOICE_RULES: Rules = new Map([
  ['index', omit],
  ['finish_reason', lastNonEmpty],
  ['logprobs', joinLogprobs],
  // vLLM: the tokens of this chunk.
  ['token_ids', concat],
  // Joined to the message.
  ['delta', omit],
  // A copy of the complete answer (Perplexity, Writer; Together as text).
  ['message', omit],
  ['text', omit],
  // Moonshot: read by usageOf.
  ['usage', omit],
  // Bedrock's padding.
  ['obfuscation', omit],
]);

const CHUNK_RULES: Rules = new Map([
  ['id', firstNonEmpty],
  ['object', omit],
  ['created', firstNonEmpty],
  ['model', firstNonEmpty],
  ['choices', joinChoices],
  ['service_tier', firstNonEmpty],
  ['system_fingerprint', firstNonEmpty],
  ['obfuscation', omit],
  // Mistral's name for padding.
  ['p', omit],
  ['error', omit],
]);
