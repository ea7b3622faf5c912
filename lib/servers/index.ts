/**
 * Known servers as plain data: the request fields that each ignores or rejects.
 *
 * @module rxjs-chat-completions/servers
 */

export { ollama } from './ollama';
export type { Profile } from './Profile';
