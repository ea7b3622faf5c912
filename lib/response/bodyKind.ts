import type { ResponseHead } from '../transport/transport';
import { mediaTypeOf } from './mediaType';

/** The kinds of body that a successful response may have. */
export type BodyKind = 'events' | 'json' | 'other';

/** The beginning of an event stream: a comment, or a field, of which some servers have their own. A known one needs no colon. */
const FIELD = /^(?:[a-z]*:|(?:data|event|id|retry)[\r\n])/;

/** The most characters that a decision needs: the name of a field and its colon. */
export const LONGEST_BEGINNING = 'event:'.length;

/** A beginning that may turn out to be a field, or a byte order mark: shorter than that. */
const UNDECIDED = /^(?:[a-z]{0,5}|\xef\xbb?)$/;

/** Media types that servers use for event streams. */
const STREAMS = ['text/event-stream', 'text/plain', 'application/octet-stream', ''];

/**
 * Returns the kind of a body from its first characters that are not blank; `undefined` if that takes more of them.
 *
 * The media type decides only where the characters leave a choice, since servers and gateways mislabel bodies.
 *
 * @param beginning - At most six bytes, in Latin-1; fewer if the body has ended or the rest has not arrived.
 */
export function bodyKindOf(head: ResponseHead, beginning: string): BodyKind | undefined {
  if (/^[{[]/.test(beginning)) return 'json';
  if (FIELD.test(beginning)) return 'events';
  if (UNDECIDED.test(beginning)) return undefined;
  return kindOfType(head) === 'json' && !beginning.startsWith('<') ? 'json' : 'other';
}

/** Returns the kind of a body that its media type promises. */
export function kindOfType(head: ResponseHead): BodyKind {
  const type = mediaTypeOf(head);
  if (STREAMS.includes(type)) return 'events';
  return type === 'application/json' || type.endsWith('+json') ? 'json' : 'other';
}
