/**
 * Facts about a server that decide what is sent to it.
 *
 * The request types have every field that OpenAI documents. A server that ignores one does not report it, and a server that
 * rejects one fails the call: a profile reports the former (`ChatHooks.onIgnored`), and prevents and reports the latter
 * (`ChatHooks.onRemovedField`). Every field but `name` is optional, and fields are those of a chat completion.
 *
 * @example A server of your own
 * ```ts
 * import { chatCompletion$, type ChatConfig } from 'rxjs-chat-completions';
 *
 * const mine: ChatConfig = {
 *   baseURL: 'https://llm.example.com/v1',
 *   profile: { name: 'mine', rejects: ['store'], renames: { max_completion_tokens: 'max_tokens' } },
 * };
 * chatCompletion$(mine, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }], max_completion_tokens: 500 });
 * ```
 */
export interface Profile {
  /** Name of the server, as OpenTelemetry's `gen_ai.provider.name` spells it if it has one. */
  readonly name: string;
  /** All fields that the server reads. Any other field is sent, and reported as ignored: a misspelt one too. */
  readonly reads?: readonly string[];
  /** Fields that the server accepts without effect. They are sent, and reported. Not needed beside `reads`. */
  readonly ignores?: readonly string[];
  /**
   * Fields that the server rejects. They are not sent, and reported. `messages[].name` is the `name` of every message.
   *
   * Without `stream_options` no usage is requested: a stream has it only if the server always sends it, and its end does not
   * wait for it.
   */
  readonly rejects?: readonly string[];
  /**
   * Names that the server has for fields of a request, by OpenAI's name.
   *
   * A field is sent under the server's name, unless the request sets that one too. Entries of `extra` are sent unchanged.
   * Renaming precedes `rejects`.
   */
  readonly renames?: Readonly<Record<string, string>>;
  /** Role of developer messages; `'system'` for servers whose chat templates do not know `developer`. Default `'developer'`. */
  readonly developerRole?: 'developer' | 'system';
  /**
   * Field of an assistant's message that returns its reasoning to the server. Default: the received fields, unchanged.
   *
   * Text is moved to this field from the others; `'none'` removes it. `'reasoning_details'` keeps the blocks unchanged, and
   * falls back to `reasoning` for a message without blocks.
   */
  readonly reasoningField?: 'reasoning' | 'reasoning_content' | 'reasoning_details' | 'none';
  /** Header of the API key; `authorization` has it as a bearer token. Default `'authorization'`. */
  readonly keyHeader?: 'authorization' | 'api-key';
  /** Environment variables that usually contain the key, for `apiKeyFrom`. The library reads none by itself. */
  readonly keyNames?: readonly string[];
}
