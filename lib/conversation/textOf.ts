import { recordsIn } from '../codec/recordsIn';
import type { Message } from '../request/Message';

/** Returns the text of a message, joined from its parts. */
export function textOf({ content }: Message): string {
  if (typeof content === 'string') return content;
  return recordsIn(content)
    .map(({ text }) => (typeof text === 'string' ? text : ''))
    .join('');
}
