/**
 * Server-sent events of any kind: from bytes to text, lines and events.
 *
 * @module rxjs-chat-completions/sse
 */

export { toText } from './toText';
export type { ServerSentEvent } from './ServerSentEvent';
export { toServerSentEvents, type ServerSentEventsOptions } from './toServerSentEvents';
