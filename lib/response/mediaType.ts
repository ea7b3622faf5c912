import type { ResponseHead } from '../transport/transport';

/** What the body of a good answer is, by its content type. */
export type BodyKind = 'events' | 'json' | 'other';

/** Types that some servers send event streams under; nothing else they could be is of use here. */
const STREAMS = ['text/event-stream', 'text/plain', 'application/octet-stream', ''];

/** Tells a stream from a whole answer. No type at all counts as a stream. */
export function bodyKindOf(head: ResponseHead): BodyKind {
  const type = mediaTypeOf(head);
  if (STREAMS.includes(type)) return 'events';
  return type === 'application/json' || type.endsWith('+json') ? 'json' : 'other';
}

/** The media type without its parameters, in lower case; `''` for none. */
export const mediaTypeOf = ({ headers }: ResponseHead): string =>
  (headers['content-type'] ?? '').replace(/;.*$/s, '').trim().toLowerCase();
