import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ContentPart } from '../codec/ContentPart';
import type { Delta } from '../codec/Delta';
import type { ReasoningDetail } from '../codec/ReasoningDetail';
import type { ToolCallDelta } from '../codec/ToolCallDelta';
import { argumentsOf, toolCallName } from './AccumulatedToolCall';
import { contentIn, isThinking } from './content';
import { isObject } from './join';
import { reasoningIn } from './reasoning';

/**
 * Whether a chunk adds output to any choice: text, reasoning, a refusal, a tool-call fragment, an image, audio or an annotation.
 *
 * A role, empty text, filter results, usage and a finish reason are not output. Retries, fallbacks, hedges, timeouts and the time
 * to first token all depend on this one function.
 *
 * @param chunk - Any chunk.
 *
 * @example
 * ```ts
 * import { hasOutput } from 'rxjs-chat-completions/fold';
 *
 * const opening = { choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] };
 * const text = { choices: [{ index: 0, delta: { content: 'Hel' } }] };
 * console.assert(!hasOutput(opening) && hasOutput(text));
 * ```
 */
export const hasOutput = ({ choices }: ChatCompletionChunk): boolean =>
  choices?.some(({ delta }) => isObject(delta) && addsOutput(delta)) ?? false;

/** The fields of a delta that the codec does not list. */
interface ImageFields {
  /** OpenRouter and the gateways that follow it. */
  readonly images?: unknown;
}

const addsOutput = (delta: Delta & ImageFields): boolean =>
  contentIn(delta) !== '' ||
  reasoningIn(delta) !== '' ||
  Boolean(delta.refusal) ||
  (delta.tool_calls?.some(isFragment) ?? false) ||
  isFragment({ function: delta.function_call }) ||
  Boolean(delta.audio?.data || delta.audio?.transcript) ||
  [delta.images, delta.annotations].some(isNotEmpty) ||
  (delta.reasoning_details?.some(isBlock) ?? false) ||
  (Array.isArray(delta.content) && delta.content.some(isOtherPart));

const isFragment = (fragment: ToolCallDelta): boolean =>
  Boolean(fragment.id || toolCallName(fragment) || argumentsOf(fragment));

const isBlock = ({ data, signature }: ReasoningDetail): boolean => Boolean(data || signature);

/** Whether a part of the content is neither text nor reasoning, such as an image or a reference. */
const isOtherPart = (part: ContentPart): boolean =>
  Boolean(part.type) && part.type !== 'text' && !isThinking(part) && typeof part.text !== 'string';

const isNotEmpty = (value: unknown): boolean => isObject(value) && Object.keys(value).length > 0;
