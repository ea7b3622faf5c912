import { LimitError } from '../errors';

/**
 * A server-sent event, as the HTML standard's event-stream section defines it.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export interface ServerSentEvent {
  /** The event's name; `message` when the server gave none. */
  readonly event: string;
  /** Its data lines, joined by LF. */
  readonly data: string;
  /** The last `id` the stream has given, `''` before the first. */
  readonly id: string;
  /** The reconnection time that came with the event, or since the one before it, in milliseconds. */
  readonly retry?: number;
  /** The body ended before the blank line that ends an event; only with `keepCut`. */
  readonly cut?: true;
}

/** What an event-stream parser may be allowed beyond the standard. */
export interface EventRules {
  /** The most data in one event, in UTF-16 code units. */
  readonly limit: number;
  /** Keep a last event that lacks its blank line, marked `cut`; the standard drops it. */
  readonly keepCut: boolean;
  /** Take a field named `error` for an event named `error`, as GPUStack sends it; the standard ignores it. */
  readonly errorField: boolean;
}

/** What is known after some lines: the events that ended in them, and the beginning of the next. */
export interface Events {
  /** In order. An event over the limit is a {@link LimitError} in its place, and nothing comes after it. */
  readonly events: ReadonlyArray<ServerSentEvent | LimitError>;
  readonly open: OpenEvent;
  readonly id: string;
}

/** An event whose blank line has not come; without data it is none. */
interface OpenEvent {
  event: string;
  data: string | null;
  retry?: number;
}

/** Stands for the end of the lines, where an event may be cut off. */
export const END_OF_LINES = null;

const nothingOpen = (): OpenEvent => ({ event: '', data: null });

export const noEvents: Events = { events: [], open: nothingOpen(), id: '' };

/** Takes in the lines of one read. A {@link LimitError} among them is passed on. */
export function takeLines(
  before: Events,
  lines: ReadonlyArray<string | LimitError> | typeof END_OF_LINES,
  rules: EventRules,
): Events {
  const events: Array<ServerSentEvent | LimitError> = [];
  let { id } = before;
  if (lines === END_OF_LINES) {
    if (rules.keepCut && before.open.data !== null) events.push({ ...dispatch(before.open, id), cut: true });
    return { events, open: nothingOpen(), id };
  }
  let open: OpenEvent = { ...before.open };
  for (const line of lines) {
    if (typeof line !== 'string') {
      events.push(line);
    } else if (line === '') {
      if (open.data !== null) {
        events.push(dispatch(open, id));
        open = nothingOpen();
      } else {
        open.event = ''; // No event, but a reconnection time is for the whole stream.
      }
    } else {
      id = takeLine(open, id, line, rules);
      if (open.data !== null && open.data.length > rules.limit) {
        return { events: [...events, new LimitError('event', rules.limit)], open: nothingOpen(), id };
      }
    }
  }
  return { events, open, id };
}

/** Enters a field into the open event; gives back the last event id. */
function takeLine(open: OpenEvent, id: string, line: string, { errorField }: EventRules): string {
  const colon = line.indexOf(':');
  if (colon === 0) return id;
  const field = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
  switch (field) {
    case 'data':
      open.data = open.data === null ? value : `${open.data}\n${value}`;
      return id;
    case 'event':
      open.event = value;
      return id;
    case 'id':
      return value.includes('\0') ? id : value;
    case 'retry':
      if (/^\d+$/.test(value)) open.retry = Number(value);
      return id;
    case 'error':
      if (errorField) Object.assign(open, { event: 'error', data: value });
      return id;
    default:
      return id;
  }
}

const dispatch = ({ event, data, retry }: OpenEvent, id: string): ServerSentEvent => ({
  event: event === '' ? 'message' : event,
  data: data ?? '',
  id,
  ...(retry === undefined ? undefined : { retry }),
});
