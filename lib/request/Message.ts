import type { AssistantContentPart, TextPart, UserContentPart } from './ContentPart';

/**
 * What the model is told before the conversation starts.
 *
 * OpenAI's reasoning models know the same as {@link DeveloperMessage}; either role works there. Everywhere
 * else, Ollama and llama.cpp included, this is the one that chat templates know.
 */
export interface SystemMessage {
  readonly role: 'system';
  readonly content: string | readonly TextPart[];
  /** Tells apart speakers of one role. */
  readonly name?: string;
}

/**
 * What OpenAI's newer models are told before the conversation starts.
 *
 * Servers of open models hand the role to the model's chat template, and most templates do not know it: use
 * {@link SystemMessage} for those.
 */
export interface DeveloperMessage {
  readonly role: 'developer';
  readonly content: string | readonly TextPart[];
  /** Tells apart speakers of one role. */
  readonly name?: string;
}

/** What the user said or showed. */
export interface UserMessage {
  readonly role: 'user';
  readonly content: string | readonly UserContentPart[];
  /** Tells apart speakers of one role. */
  readonly name?: string;
}

/** A call of a function, as the model made it. */
export interface FunctionToolCall {
  /** Ties the call to the {@link ToolMessage} that answers it. */
  readonly id: string;
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    /**
     * The arguments as JSON text, word for word as the model wrote them.
     *
     * A model may write what does not parse, and an answer cut off at the token limit usually ends so. Ollama
     * answers 400 to a history with such a call.
     */
    readonly arguments: string;
  };
}

/** A call of a custom tool, as the model made it; OpenAI only. */
export interface CustomToolCall {
  /** Ties the call to the {@link ToolMessage} that answers it. */
  readonly id: string;
  readonly type: 'custom';
  readonly custom: {
    readonly name: string;
    /** Free text, or text of the tool's grammar. */
    readonly input: string;
  };
}

/** A call in an assistant's message, given back to the model as part of the history. */
export type MessageToolCall = FunctionToolCall | CustomToolCall;

/** The fields of an {@link AssistantMessage}, before the rule that one of them has to say something. */
export interface AssistantFields {
  readonly role: 'assistant';
  readonly content?: string | readonly AssistantContentPart[] | null;
  /** What the model said when it declined. Read by OpenAI. */
  readonly refusal?: string | null;
  /** Tells apart speakers of one role. */
  readonly name?: string;
  /**
   * The calls the model made. Each needs its {@link ToolMessage} before the next turn; OpenAI refuses `[]`.
   */
  readonly tool_calls?: readonly MessageToolCall[];
  /** Points to what the model spoke before, until that expires on the server. OpenAI only. */
  readonly audio?: { readonly id: string } | null;
  /** @deprecated OpenAI replaced it by `tool_calls`. */
  readonly function_call?: { readonly name: string; readonly arguments: string } | null;
  /**
   * What the model thought, as text, in the spelling of Ollama, vLLM, OpenRouter and Groq.
   *
   * Models that think between two tool calls go on from here. Give it back to the server that sent it; a
   * strict one of another make may refuse the field.
   */
  readonly reasoning?: string | null;
  /**
   * What the model thought, as text, in the spelling of DeepSeek, llama.cpp and older vLLM.
   *
   * DeepSeek requires it, be it `''`, on every message with tool calls that it made while thinking, and
   * answers 400 without; on other messages it ignores the field.
   */
  readonly reasoning_content?: string | null;
  /**
   * What the model thought, in blocks, some of them signed or encrypted; OpenRouter.
   *
   * Give back exactly the blocks that came, in their order: a changed one is refused. That is why they have
   * no type here.
   */
  readonly reasoning_details?: readonly unknown[];
  /**
   * Makes the answer start with this message, which has to be the last.
   *
   * Mistral reads it; so does DeepSeek, at its beta URL only, where `reasoning_content` may then begin the
   * thinking as well. llama.cpp continues a last message of the assistant without being asked.
   */
  readonly prefix?: boolean;
}

/**
 * What the model said before, as part of the history.
 *
 * It has to say something: content, calls, a refusal or sound. `content` may be `null` only beside one of the
 * others; OpenAI and Ollama answer 400 to a message of `null` alone.
 */
export type AssistantMessage = AssistantFields &
  (
    | { readonly function_call: { readonly name: string; readonly arguments: string } }
    | { readonly tool_calls: readonly MessageToolCall[] }
    | { readonly refusal: string }
    | { readonly audio: { readonly id: string } }
    | { readonly content: string | readonly AssistantContentPart[] }
  );

/** What a tool gave back, addressed to the call that asked for it. */
export interface ToolMessage {
  readonly role: 'tool';
  /** The `id` of the call. */
  readonly tool_call_id: string;
  readonly content: string | readonly TextPart[];
  /**
   * The tool's name, which OpenAI does not ask for. Ollama looks it up by `tool_call_id` when it is left out;
   * Mistral reads it.
   */
  readonly name?: string;
}

/**
 * What a function gave back.
 *
 * @deprecated OpenAI replaced it by {@link ToolMessage}, as it did `functions` by `tools`.
 */
export interface FunctionMessage {
  readonly role: 'function';
  readonly name: string;
  readonly content: string | null;
}

/**
 * One message of a conversation, told apart by its `role`.
 *
 * The server keeps nothing between requests: each carries the conversation from its start, and an app that
 * goes on talking appends the answer as an {@link AssistantMessage}.
 *
 * @example A conversation in which the model has called a function
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
  | SystemMessage
  | DeveloperMessage
  | UserMessage
  | AssistantMessage
  | ToolMessage
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- servers still read it
  | FunctionMessage;
