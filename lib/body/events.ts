import { LimitError } from '../errors';
import { cutLines, noLine, type OpenLine } from './lines';

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
  /** The longest line, in UTF-16 code units. */
  readonly line: number;
  /** The most data in one event, in UTF-16 code units. */
  readonly event: number;
  /** Keep a last event that lacks its blank line, marked `cut`; the standard drops it. */
  readonly keepCut: boolean;
  /** Take a field named `error` for an event named `error`, as GPUStack sends it; the standard ignores it. */
  readonly errorField: boolean;
}

/** Where an event stream has come to: the events that ended in its last piece of text, and what the next goes on from. */
export interface EventStream {
  /** In order. What is over its limit is a {@link LimitError} in its place, and nothing comes after it. */
  readonly events: ReadonlyArray<ServerSentEvent | LimitError>;
  readonly line: OpenLine;
  /** The fields of the event whose blank line has not come; without data it is none. */
  readonly event: string;
  readonly data: string | null;
  readonly retry: number | undefined;
  readonly id: string;
}

const nothingOpen = { event: '', data: null, retry: undefined };

export const nothingRead: EventStream = { events: [], line: noLine, ...nothingOpen, id: '' };

/** Takes in one more piece of text, wherever it was cut. */
export function takeText(before: EventStream, text: string, rules: EventRules): EventStream {
  if (text === '') return before.events.length === 0 ? before : { ...before, events: [] };
  const stream: Draft = { ...before, events: [] };
  stream.line = cutLines(before.line, text, rules.line, (line) => takeLine(stream, line, rules));
  return stream;
}

/** Takes in the last piece of text, after which a line and an event may be cut off. */
export function takeEnd(before: EventStream, text: string, rules: EventRules): EventStream {
  const stream: Draft = { ...before, events: [] };
  const { text: lastLine } = cutLines(before.line, text, rules.line, (line) => takeLine(stream, line, rules));
  if (lastLine !== '') takeLine(stream, lastLine, rules);
  if (rules.keepCut) dispatch(stream, { cut: true });
  return { ...nothingRead, events: stream.events, id: stream.id };
}

/** A stream while a piece of text is taken in. */
type Draft = { -readonly [Field in keyof EventStream]: EventStream[Field] } & {
  events: Array<ServerSentEvent | LimitError>;
};

/** Takes in a line; says whether more may come. */
function takeLine(stream: Draft, line: string | LimitError, rules: EventRules): boolean {
  if (typeof line !== 'string') return fail(stream, line);
  if (line === '') dispatch(stream);
  else takeField(stream, line, rules);
  return (stream.data?.length ?? 0) <= rules.event || fail(stream, new LimitError('event', rules.event));
}

function takeField(stream: Draft, line: string, { errorField }: EventRules): void {
  if (stream.data === null && line.startsWith('data: ')) {
    // What nearly every line is.
    stream.data = line.slice(6);
    return;
  }
  const colon = line.indexOf(':');
  if (colon === 0) return;
  const field = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
  switch (field) {
    case 'data':
      stream.data = stream.data === null ? value : `${stream.data}\n${value}`;
      break;
    case 'event':
      stream.event = value;
      break;
    case 'id':
      if (!value.includes('\0')) stream.id = value;
      break;
    case 'retry':
      if (/^\d+$/.test(value)) stream.retry = Number(value);
      break;
    case 'error':
      if (errorField) Object.assign(stream, { event: 'error', data: value });
      break;
  }
}

/** Ends the open event, if it is one. A reconnection time without data is for the whole stream, and waits for the next. */
function dispatch(stream: Draft, cut?: { readonly cut: true }): void {
  const { event, data, id, retry } = stream;
  stream.event = '';
  if (data === null) return;
  const ended = { event: event === '' ? 'message' : event, data, id };
  stream.events.push(
    retry === undefined && cut === undefined
      ? ended
      : { ...ended, ...(retry !== undefined && { retry }), ...cut },
  );
  stream.data = null;
  stream.retry = undefined;
}

function fail(stream: Draft, error: LimitError): false {
  stream.events.push(error);
  Object.assign(stream, nothingOpen);
  return false;
}
