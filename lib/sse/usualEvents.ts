import { LF } from './characters';
import type { EventRules, ServerSentEvent } from './ServerSentEvent';

const FIELD = 'data: ';

/** Events of a text, and the place after the last one. */
interface UsualEvents {
  readonly events: ServerSentEvent[];
  readonly end: number;
}

/**
 * Parses the events of a text that consist of one data line and one blank line, as nearly every event does.
 *
 * A shortcut and nothing else: the parser of all events returns the same for them. It stops at the first event of another
 * kind, or over a limit.
 *
 * @param start - The place in the text where an event begins.
 * @param id - The last `id` in the stream so far.
 */
export function usualEvents(
  text: string,
  start: number,
  id: string,
  { line, event }: EventRules,
): UsualEvents {
  let events: ServerSentEvent[] = [];
  let at = start;
  // CR ends a line as well.
  const isUsual = !text.includes('\r', start);
  while (isUsual && text.startsWith(FIELD, at)) {
    const end = text.indexOf('\n', at);
    if (end === -1 || end + 1 === text.length || text.charCodeAt(end + 1) !== LF) break;
    const data = text.slice(at + FIELD.length, end);
    if (end - at > line || data.length > event) break;
    // There is often only one, and `push` would reserve space for seventeen.
    if (events.length === 0) events = [{ event: 'message', data, id }];
    else events.push({ event: 'message', data, id });
    at = end + 2;
  }
  return { events, end: at };
}
