import type { ChatCompletion, CompletionChoice } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ChunkChoice } from '../codec/ChunkChoice';
import { ifAny } from '../codec/ifAny';
import { isRestart } from '../codec/mark';
import type { Usage } from '../codec/Usage';
import { choicesAt, type ChoiceOptions, type ChunkReader } from './choices';
import { joinContent } from './content';
import { Draft } from './Draft';
import { withFields } from './fields';
import { isFinishReason } from './isFinishReason';
import {
  append,
  concat,
  concatUnlessRepeated,
  firstNonEmpty,
  isObject,
  join,
  latest,
  omit,
  type Rule,
  type Rules,
} from './join';
import { joinAudio } from './joinAudio';
import { joinChoices, type JoinChoice } from './joinChoices';
import { joinedWithIndexes, joinMessage } from './joinMessage';
import { joinReasoningDetails, joinThinkingBlocks } from './joinReasoning';
import type { List } from './LongList';
import { joinFunctionCall } from './joinToolCall';
import { addMoreText } from './moreText';

/**
 * The completion before the first chunk.
 *
 * @example
 * ```ts
 * import { emptyCompletion } from 'rxjs-chat-completions/fold';
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
 * import { chatCompletion$, orFail } from 'rxjs-chat-completions';
 * import { addChunk, emptyCompletion } from 'rxjs-chat-completions/fold';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   orFail(),
 *   reduce(addChunk, emptyCompletion),
 * );
 * ```
 */
export function addChunk(completion: ChatCompletion, chunk: ChatCompletionChunk): ChatCompletion {
  if (isRestart(chunk)) return emptyCompletion;
  return addMoreText(completion, chunk) ?? addAny(completion, chunk);
}

/** Adds any chunk. */
export function addAny(completion: ChatCompletion, chunk: ChatCompletionChunk): ChatCompletion {
  const next = join(completion, chunk, CHUNK_RULES, new Draft());
  const usage = usageOf(chunk);
  return usage === null || usage === next.usage ? next : withFields(next, { usage });
}

/**
 * Reads the usage of a chunk, from the chunk itself or from a choice.
 *
 * @param chunk - Any chunk.
 * @returns `null` if there is none, or none with a value. A later usage replaces an earlier one.
 *
 * @example
 * ```ts
 * import { usageOf } from 'rxjs-chat-completions/fold';
 *
 * console.assert(usageOf({ choices: [], usage: { total_tokens: 12 } })?.total_tokens === 12);
 * console.assert(usageOf({ choices: [{ index: 0, usage: { total_tokens: 12 } }] })?.total_tokens === 12);
 * ```
 */
export const usageOf = ({ usage, choices }: ChatCompletionChunk): Usage | null => {
  if (isReported(usage)) return usage;
  return (
    choices?.reduce<Usage | null>((last, choice) => (isReported(choice.usage) ? choice.usage : last), null) ??
    null
  );
};

/** Whether a usage has a value: gateways send `{}`, or nothing but `null`, beside the real one. */
export const isReported = (usage: Usage | null | undefined): usage is Usage =>
  ifAny(usage ?? {}) !== undefined;

/**
 * Reads the finish reason of one choice.
 *
 * @param chunk - Any chunk.
 * @param options - The choice to read.
 * @returns `null` if the chunk has none; `""` counts as none.
 *
 * @example
 * ```ts
 * import { finishReasonOf } from 'rxjs-chat-completions/fold';
 *
 * console.assert(finishReasonOf({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) === 'stop');
 * ```
 */
export const finishReasonOf: ChunkReader<string | null> = (chunk, { choice = 0 }: ChoiceOptions = {}) =>
  choicesAt(chunk, choice).reduce<string | null>(
    (reason, { finish_reason }) => (isFinishReason(finish_reason) ? finish_reason : reason),
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
 * import { refusalOf } from 'rxjs-chat-completions/fold';
 *
 * console.assert(refusalOf({ choices: [{ index: 0, delta: { refusal: 'I will not.' } }] }) === 'I will not.');
 * ```
 */
export const refusalOf: ChunkReader<string> = (chunk, { choice = 0 }: ChoiceOptions = {}) =>
  choicesAt(chunk, choice).reduce((text, { delta }) => text + (delta?.refusal ?? ''), '');

/** Joins an entry of a chunk to its choice. */
const joinChoice: JoinChoice = (choice, entry, draft) =>
  joinMessage(
    join(choice, entry, CHOICE_RULES, draft),
    entry.delta ?? {},
    MESSAGE_RULES,
    draft,
    concatUnlessRepeated,
  );

const LOGPROBS_RULES: Rules = new Map();

/** Joins the lists of tokens; Together sends numbers instead. */
const joinLogprobs: Rule = (before, delta, draft) =>
  isObject(delta)
    ? join(isObject(before) ? before : {}, delta, LOGPROBS_RULES, draft, concat)
    : latest(before, delta);

/** Keeps the latest finish reason; `""` and `"null"` are none. */
const lastReason: Rule = (before, reason) =>
  isFinishReason(reason as string | null | undefined) ? reason : (before ?? null);

const MESSAGE_RULES: Rules = new Map([
  ['role', firstNonEmpty],
  ['content', joinContent],
  ['refusal', append],
  ['reasoning', append],
  ['reasoning_content', append],
  ['reasoning_text', append],
  ['thinking', append],
  ['reasoning_details', joinReasoningDetails],
  ['thinking_blocks', joinThinkingBlocks],
  ['tool_calls', joinedWithIndexes],
  ['function_call', joinFunctionCall],
  ['audio', joinAudio],
  // One image in each delta (OpenRouter), and two may be equal.
  ['images', concat],
]);

const CHOICE_RULES: Rules = new Map([
  ['index', omit],
  ['finish_reason', lastReason],
  ['logprobs', joinLogprobs],
  // vLLM: the tokens of this chunk.
  ['token_ids', concat],
  // Of this library: a stored completion has it, a server's is not read.
  ['toolCallIndexes', omit],
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
  [
    'choices',
    (before, delta, draft) =>
      joinChoices(
        before as List<CompletionChoice>,
        (delta ?? []) as readonly ChunkChoice[],
        draft,
        joinChoice,
      ),
  ],
  // An empty one stays if there is no other.
  ['usage', (before, usage) => (isReported(usage as Usage | null) ? usage : (before ?? usage))],
  ['service_tier', firstNonEmpty],
  ['system_fingerprint', firstNonEmpty],
  ['obfuscation', omit],
  // Mistral's name for padding.
  ['p', omit],
  ['error', omit],
]);
