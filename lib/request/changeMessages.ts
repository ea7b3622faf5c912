import { isRecord } from '../codec/isRecord';
import type { Message } from './Message';

/**
 * Returns messages with a change of each.
 *
 * JavaScript allows messages that are not a list of objects. They are returned as they are, and the server reports them.
 */
export const changeMessages = (
  messages: readonly Message[],
  change: (message: Message) => Message,
): readonly Message[] =>
  Array.isArray(messages)
    ? messages.map((message: Message) => (isRecord(message) ? change(message) : message))
    : messages;
