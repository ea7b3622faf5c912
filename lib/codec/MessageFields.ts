import * as t from 'io-ts';

import { Annotations } from './Annotation';
import { AnswerAudio } from './AnswerAudio';
import { toContent, toFields, toFunctionCall, toLabel, toList } from './coerce';
import { coerced, reshaped } from './coerced';
import { Content } from './ContentPart';
import { FunctionCall } from './FunctionCall';
import { lenient, lenientText } from './lenient';
import { list } from './list';
import { nullable } from './nullable';
import { ReasoningDetail } from './ReasoningDetail';
import { sideText } from './scalars';

/** The fields that a {@link Delta} and a {@link CompletionMessage} share. */
export interface MessageFields {
  /** `assistant`. In a stream it is in the first delta, in every one or in none. */
  readonly role?: string | null;
  /**
   * Text, or a list of parts from Mistral's reasoning models; `contentIn` reads both.
   *
   * `null` or absent beside tool calls, `""` at llama.cpp.
   */
  readonly content?: Content | null;
  /** Refusal of the model, instead of content; OpenAI. */
  readonly refusal?: string | null;
  /** Reasoning in the spelling of Ollama, OpenRouter, Groq and Cerebras; `reasoningIn` reads every spelling. */
  readonly reasoning?: string | null;
  /** Reasoning in the spelling of llama.cpp, DeepSeek, vLLM, xAI, Alibaba and others. */
  readonly reasoning_content?: string | null;
  /** Reasoning in the spelling of Copilot, which signs it with `reasoning_opaque`. */
  readonly reasoning_text?: string | null;
  /** Reasoning in the spelling of gateways before Ollama's own API and Anthropic's. */
  readonly thinking?: string | null;
  /** Reasoning in blocks that may be signed or encrypted, to return unchanged: OpenRouter. */
  readonly reasoning_details?: readonly ReasoningDetail[] | null;
  /** A call by one of OpenAI's old models; `tool_calls` has replaced it. */
  readonly function_call?: FunctionCall | null;
  readonly audio?: AnswerAudio | null;
  readonly annotations?: Annotations | null;
}

/** The codecs of {@link MessageFields}. */
export const messageFields = {
  role: lenientText,
  content: coerced(nullable(Content), toContent),
  // A flag, `false` in every delta, is not a text.
  refusal: lenient(coerced(t.string, toLabel)),
  reasoning: sideText,
  reasoning_content: sideText,
  reasoning_text: sideText,
  thinking: lenientText,
  reasoning_details: lenient(coerced(list(ReasoningDetail), toList('type', 'text'))),
  function_call: coerced(nullable(reshaped(FunctionCall, toFunctionCall)), toFields),
  audio: lenient(AnswerAudio),
  annotations: lenient(Annotations),
};
