/**
 * The request fields that a server does not support.
 *
 * The request types have every field that OpenAI documents. A server that ignores one does not report it, and a server that
 * rejects one fails the call: a profile reports the former ({@link ChatHooks.onIgnored}) and prevents the latter.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import type { Profile } from 'rxjs-chat-completions/servers';
 *
 * const profile: Profile = { name: 'my-proxy', ignores: ['seed'], rejects: ['user'] };
 * chatCompletion$({ profile }, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] });
 * ```
 */
export interface Profile {
  readonly name: string;
  /** Fields that the server accepts without effect. They are sent, and reported to the hooks. */
  readonly ignores: readonly string[];
  /** Fields that the server rejects. They are not sent. */
  readonly rejects: readonly string[];
}
