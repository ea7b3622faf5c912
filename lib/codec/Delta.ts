import * as t from 'io-ts';

import { Annotations } from './Annotation';
import { AnswerAudio } from './AnswerAudio';
import { Content } from './ContentPart';
import { FunctionCall } from './FunctionCall';
import { nullable } from './nullable';
import { ReasoningDetail } from './ReasoningDetail';
import { ToolCallDelta } from './ToolCallDelta';

/**
 * What one chunk adds to one choice.
 *
 * Often a single field; `{}` beside the finish reason. A string that is empty adds as little as `null` does.
 *
 * @example
 * ```ts
 * import { contentIn, type Delta } from 'rxjs-chat-completions';
 *
 * const delta: Delta = { role: 'assistant', content: 'Hel' };
 * console.assert(contentIn(delta) === 'Hel');
 * ```
 */
export interface Delta {
  /** `assistant`; in the first delta, in every one or in none, as the server likes. */
  readonly role?: string | null;
  /** Text, or a list of parts from Mistral's reasoning models. {@link contentIn} reads both. */
  readonly content?: Content | null;
  /** Why the model will not answer, in the place of content; OpenAI. */
  readonly refusal?: string | null;
  /** What the model thinks: Ollama, OpenRouter, Groq, Cerebras. {@link reasoningIn} reads every spelling. */
  readonly reasoning?: string | null;
  /** What the model thinks: llama.cpp, DeepSeek, vLLM, xAI, Alibaba, and others. */
  readonly reasoning_content?: string | null;
  /** What the model thinks, in blocks that may be signed or encrypted: OpenRouter. */
  readonly reasoning_details?: readonly ReasoningDetail[] | null;
  readonly tool_calls?: readonly ToolCallDelta[] | null;
  /** A call by one of OpenAI's old models, which `tool_calls` has replaced. */
  readonly function_call?: FunctionCall | null;
  readonly audio?: AnswerAudio | null;
  readonly annotations?: Annotations | null;
}

/** The codec of {@link Delta}. */
export const Delta: t.Type<Delta, unknown> = t.partial(
  {
    role: nullable(t.string),
    content: nullable(Content),
    refusal: nullable(t.string),
    reasoning: nullable(t.string),
    reasoning_content: nullable(t.string),
    reasoning_details: nullable(t.readonlyArray(ReasoningDetail)),
    tool_calls: nullable(t.readonlyArray(ToolCallDelta)),
    function_call: nullable(FunctionCall),
    audio: nullable(AnswerAudio),
    annotations: nullable(Annotations),
  },
  'Delta',
);
