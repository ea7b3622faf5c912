import * as t from 'io-ts';

import { Annotations } from './Annotation';
import { AnswerAudio } from './AnswerAudio';
import { Content } from './ContentPart';
import { FunctionCall } from './FunctionCall';
import { nullable } from './nullable';
import { ReasoningDetail } from './ReasoningDetail';
import { ToolCall } from './ToolCall';

/**
 * What the model answered, whole.
 *
 * The same fields as a {@link Delta}, under the same names the server streams them by. {@link contentIn} and
 * {@link reasoningIn} read the text in any of them, {@link toolCallsIn} the calls.
 *
 * @example
 * ```ts
 * import { map } from 'rxjs';
 * import { completion$, contentIn } from 'rxjs-chat-completions';
 *
 * completion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   map(({ choices }) => contentIn(choices[0]?.message ?? {})),
 * );
 * ```
 */
export interface CompletionMessage {
  /** `assistant`. */
  readonly role?: string | null;
  /** `null` or absent where the model did not speak, such as beside tool calls; llama.cpp sends `""` there. */
  readonly content?: Content | null;
  readonly refusal?: string | null;
  /** What the model thought: Ollama, OpenRouter, Groq, Cerebras. */
  readonly reasoning?: string | null;
  /** What the model thought: llama.cpp, DeepSeek, vLLM, xAI, Alibaba, and others. */
  readonly reasoning_content?: string | null;
  /** What the model thought, in blocks to give back unchanged: OpenRouter. */
  readonly reasoning_details?: readonly ReasoningDetail[] | null;
  readonly tool_calls?: readonly ToolCall[] | null;
  /** A call by one of OpenAI's old models, which `tool_calls` has replaced. */
  readonly function_call?: FunctionCall | null;
  readonly audio?: AnswerAudio | null;
  readonly annotations?: Annotations | null;
}

/** The codec of {@link CompletionMessage}. */
export const CompletionMessage: t.Type<CompletionMessage, unknown> = t.partial(
  {
    role: nullable(t.string),
    content: nullable(Content),
    refusal: nullable(t.string),
    reasoning: nullable(t.string),
    reasoning_content: nullable(t.string),
    reasoning_details: nullable(t.readonlyArray(ReasoningDetail)),
    tool_calls: nullable(t.readonlyArray(ToolCall)),
    function_call: nullable(FunctionCall),
    audio: nullable(AnswerAudio),
    annotations: nullable(Annotations),
  },
  'CompletionMessage',
);
