import type { AssistantContentPart, ImagePart, TextPart, UserContentPart } from './ContentPart';

/**
 * The result of a function call.
 *
 * @deprecated OpenAI replaced it by {@link ToolMessage}, as it did `functions` by `tools`.
 */
export interface FunctionMessage {
  readonly role: 'function';
  readonly name: string;
  readonly content: string | null;
}

/**
 * Instructions for the model, before the conversation.
 *
 * OpenAI's reasoning models treat it as a {@link DeveloperMessage}, and accept either. The chat templates of all other models,
 * with Ollama and llama.cpp too, know this role only.
 */
export interface SystemMessage {
  readonly role: 'system';
  readonly content: string | readonly TextPart[];
  /** Name of the participant, to distinguish several with one role. */
  readonly name?: string;
}

/**
 * Instructions for OpenAI's newer models, before the conversation.
 *
 * Servers of open models pass the role to the chat template of the model, and most templates do not know it: use
 * {@link SystemMessage} with them.
 */
export interface DeveloperMessage {
  readonly role: 'developer';
  readonly content: string | readonly TextPart[];
  /** Name of the participant, to distinguish several with one role. */
  readonly name?: string;
}

/** A function call by the model. */
export interface FunctionToolCall {
  /** Links the call to the {@link ToolMessage} with its result. */
  readonly id: string;
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    /**
     * The arguments as JSON text, exactly as the model wrote them.
     *
     * The text may not parse, for example if the token limit cut it off. Ollama responds with 400 to a history with such a
     * call.
     */
    readonly arguments: string;
  };
}

/** A call of a custom tool by the model; OpenAI only. */
export interface CustomToolCall {
  /** Links the call to the {@link ToolMessage} with its result. */
  readonly id: string;
  readonly type: 'custom';
  readonly custom: {
    readonly name: string;
    /** Free text, or text of the tool's grammar. */
    readonly input: string;
  };
}

/** A tool call in an assistant's message, as part of the history. */
export type MessageToolCall = FunctionToolCall | CustomToolCall;

/** The fields of an {@link AssistantMessage}, without the rule that one of them has content. */
export interface AssistantFields {
  readonly role: 'assistant';
  readonly content?: string | readonly AssistantContentPart[] | null;
  /** The refusal of the model. Read by OpenAI. */
  readonly refusal?: string | null;
  /** Name of the participant, to distinguish several with one role. */
  readonly name?: string;
  /**
   * The calls of the model. Each needs its {@link ToolMessage} before the next turn. OpenAI rejects `[]`.
   */
  readonly tool_calls?: readonly MessageToolCall[];
  /** Refers to an earlier spoken answer, until it expires on the server. OpenAI only. */
  readonly audio?: { readonly id: string } | null;
  /** Images that the model generated; OpenRouter and the gateways that follow it. */
  readonly images?: readonly ImagePart[];
  /** @deprecated OpenAI replaced it by `tool_calls`. */
  readonly function_call?: { readonly name: string; readonly arguments: string } | null;
  /**
   * Reasoning as text, in the spelling of Ollama, vLLM, OpenRouter and Groq.
   *
   * Models that reason between two tool calls continue from it. Return it to the server that sent it; a strict server of
   * another kind may reject the field.
   */
  readonly reasoning?: string | null;
  /**
   * Reasoning as text, in the spelling of DeepSeek, llama.cpp and older vLLM.
   *
   * DeepSeek requires it, even if empty, on every message with tool calls that it made while reasoning, and responds with 400
   * without it. On other messages it ignores the field.
   */
  readonly reasoning_content?: string | null;
  /** Reasoning as text, in the spelling of Copilot. */
  readonly reasoning_text?: string | null;
  /** Reasoning as text, in the spelling of gateways before Ollama's own API and Anthropic's. */
  readonly thinking?: string | null;
  /**
   * Reasoning in blocks, some of them signed or encrypted; OpenRouter.
   *
   * Return exactly the received blocks, in their order: a changed block is rejected. Hence `unknown`.
   */
  readonly reasoning_details?: readonly unknown[];
  /** `commentary` before tool calls, or `final_answer`; OpenAI's Responses API, whose newer models expect it back. */
  readonly phase?: string | null;
  /**
   * Whether the answer continues this message, which must be the last.
   *
   * Read by Mistral, and by DeepSeek at its beta URL only, where `reasoning_content` may begin the reasoning. llama.cpp
   * always continues a last message of the assistant.
   */
  readonly prefix?: boolean;
}

/**
 * An earlier answer of the model, as part of the history.
 *
 * It must have content, calls, a refusal, audio or images. `content` may be `null` only beside one of the others; OpenAI and Ollama
 * respond with 400 to a message with `null` alone.
 */
export type AssistantMessage = AssistantFields &
  (
    | { readonly function_call: { readonly name: string; readonly arguments: string } }
    | { readonly tool_calls: readonly MessageToolCall[] }
    | { readonly refusal: string }
    | { readonly audio: { readonly id: string } }
    | { readonly images: readonly ImagePart[] }
    | { readonly content: string | readonly AssistantContentPart[] }
  );

/** The result of a tool call. */
export interface ToolMessage {
  readonly role: 'tool';
  /** The `id` of the call. */
  readonly tool_call_id: string;
  readonly content: string | readonly TextPart[];
  /**
   * The name of the tool, which OpenAI does not require. Mistral reads it; Ollama finds it by `tool_call_id`.
   */
  readonly name?: string;
}

/** A message of the user. */
export interface UserMessage {
  readonly role: 'user';
  readonly content: string | readonly UserContentPart[];
  /** Name of the participant, to distinguish several with one role. */
  readonly name?: string;
}

/**
 * A message of a conversation, discriminated by its `role`.
 *
 * The server keeps nothing between requests, so each contains the conversation from its start. Append an answer as an
 * {@link AssistantMessage} to continue.
 *
 * @example A conversation with a function call
 * ```ts
 * import type { Message } from 'rxjs-chat-completions';
 *
 * const messages: readonly Message[] = [
 *   { role: 'system', content: 'You answer in one sentence.' },
 *   { role: 'user', content: 'How warm is it in Oslo?' },
 *   {
 *     role: 'assistant',
 *     content: null,
 *     tool_calls: [
 *       { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
 *     ],
 *   },
 *   { role: 'tool', tool_call_id: 'call_1', content: '{"celsius":7}' },
 *   { role: 'assistant', content: 'It is 7 °C in Oslo.' },
 *   {
 *     role: 'user',
 *     content: [
 *       { type: 'text', text: 'Is this photo from there?' },
 *       { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
 *     ],
 *   },
 * ];
 * ```
 */
export type Message =
  // TypeScript compares a wrong message with the last of the similar types, here and by declaration: not the deprecated one.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- servers still read it
  FunctionMessage | SystemMessage | DeveloperMessage | AssistantMessage | ToolMessage | UserMessage;
