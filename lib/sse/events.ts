import { LimitError } from '../errors';
import { splitLines, emptyLine, type OpenLine } from './lines';
import { usualEvents } from './usualEvents';

/**
 * A server-sent event, as the HTML standard's event-stream section defines it.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export interface ServerSentEvent {
  /** The name of the event; `message` if the server sent none. */
  readonly event: string;
  /** Its data lines, joined by LF. */
  readonly data: string;
  /** The last `id` in the stream so far; `''` before the first. */
  readonly id: string;
  /** The reconnection time received since the previous event, in milliseconds. */
  readonly retry?: number;
  /** The body ended before the blank line that ends an event; only with `keepIncomplete`. */
  readonly incomplete?: true;
}

/** Limits of the parser, and its deviations from the standard. */
export interface EventRules {
  /** The longest line, in UTF-16 code units. */
  readonly line: number;
  /** The most data in one event, in UTF-16 code units. */
  readonly event: number;
  /** Whether to keep a last event without its blank line, marked `incomplete`. The standard drops it. */
  readonly keepIncomplete: boolean;
  /** Whether a field named `error` is an event named `error`, as GPUStack sends it. The standard ignores it. */
  readonly errorField: boolean;
}

/** The state of the parser: the events that ended in the last fragment of text, and the unfinished line and event. */
export interface EventStream {
  /** In order. A {@link LimitError} takes the place of a line or event over its limit, and is the last item. */
  readonly events: ReadonlyArray<ServerSentEvent | LimitError>;
  readonly line: OpenLine;
  /** The fields of the event whose blank line has not been received. Without data it is not dispatched. */
  readonly event: string;
  readonly data: string | null;
  readonly retry: number | undefined;
  readonly id: string;
}

const emptyEvent = { event: '', data: null, retry: undefined };

/** The state before the first fragment of text. */
export const initialState: EventStream = { events: [], line: emptyLine, ...emptyEvent, id: '' };

/** Parses one more fragment of text; it may be cut anywhere. */
export function feed(before: EventStream, text: string, rules: EventRules): EventStream {
  if (text === '') return before.events.length === 0 ? before : { ...before, events: [] };
  const { id } = before;
  const usual = isBetweenEvents(before) ? usualEvents(text, 0, id, rules) : undefined;
  // Nearly always, if each event is a read.
  if (usual?.end === text.length)
    return { events: usual.events, line: emptyLine, event: '', data: null, retry: undefined, id };
  return new EventParser(before, rules).text(text);
}

/** Whether the text so far ends with the blank line of an event, or is empty. */
const isBetweenEvents = ({ line, event, data, retry }: EventStream): boolean =>
  line.text === '' && !line.afterCR && event === '' && data === null && retry === undefined;

/** Parses the last fragment of text, which may leave a line and an event unfinished. */
export function flush(before: EventStream, text: string, rules: EventRules): EventStream {
  return new EventParser(before, rules).text(text).end();
}

/** A copy of the state that is changed while one fragment of text is parsed. */
class EventParser implements EventStream {
  events: Array<ServerSentEvent | LimitError> = [];
  line: OpenLine;
  event: string;
  data: string | null;
  retry: number | undefined;
  id: string;
  readonly #rules: EventRules;

  constructor({ line, event, data, retry, id }: EventStream, rules: EventRules) {
    this.line = line;
    this.event = event;
    this.data = data;
    this.retry = retry;
    this.id = id;
    this.#rules = rules;
  }

  text(text: string): this {
    let at = 0;
    if (!isBetweenEvents(this)) {
      const end = text.indexOf('\n\n');
      at = end === -1 ? text.length : end + 2;
      this.#lines(text.slice(0, at));
    }
    if (at < text.length && isBetweenEvents(this)) at = this.#usualEvents(text, at);
    if (at < text.length) this.#lines(text.slice(at));
    return this;
  }

  #lines(text: string): void {
    this.line = splitLines(this.line, text, this.#rules.line, this);
  }

  /** Parses the usual events from a place on. Returns the place after them, which is the end after an error. */
  #usualEvents(text: string, start: number): number {
    if (this.events.at(-1) instanceof LimitError) return text.length;
    const { events, end } = usualEvents(text, start, this.id, this.#rules);
    this.events = this.events.length === 0 ? events : [...this.events, ...events];
    return end;
  }

  end(): EventStream {
    if (this.line.text !== '') this.onLine(this.line.text);
    if (this.#rules.keepIncomplete) this.#dispatch({ incomplete: true });
    return { ...initialState, events: this.events, id: this.id };
  }

  /** Parses a line. Returns whether the parser accepts another. */
  onLine(line: string | LimitError): boolean {
    if (typeof line !== 'string') return this.#fail(line);
    if (line === '') this.#dispatch();
    else this.#readField(line);
    const overLimit = this.data !== null && this.data.length > this.#rules.event;
    return !overLimit || this.#fail(new LimitError('event', this.#rules.event));
  }

  #readField(line: string): void {
    if (this.data === null && line.startsWith('data: ')) {
      // Nearly every line.
      this.data = line.slice(6);
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    switch (field) {
      case 'data':
        this.data = this.data === null ? value : `${this.data}\n${value}`;
        break;
      case 'event':
        this.event = value;
        break;
      case 'id':
        if (!value.includes('\0')) this.id = value;
        break;
      case 'retry':
        if (/^\d+$/.test(value)) this.retry = Number(value);
        break;
      case 'error':
        if (this.#rules.errorField) Object.assign(this, { event: 'error', data: value });
        break;
    }
  }

  /**
   * Ends the event, which is dispatched if it has data. A reconnection time without data applies to the stream and is
   * kept for the next event.
   */
  #dispatch(incomplete?: { readonly incomplete: true }): void {
    const { event, data, id, retry } = this;
    this.event = '';
    if (data === null) return;
    const ended = { event: event === '' ? 'message' : event, data, id };
    this.#add(
      retry === undefined && incomplete === undefined
        ? ended
        : { ...ended, ...(retry !== undefined && { retry }), ...incomplete },
    );
    this.data = null;
    this.retry = undefined;
  }

  #fail(error: LimitError): false {
    this.#add(error);
    Object.assign(this, emptyEvent);
    return false;
  }

  /** Adds an event. There is nearly always one, and `push` would reserve space for seventeen. */
  #add(event: ServerSentEvent | LimitError): void {
    if (this.events.length === 0) this.events = [event];
    else this.events.push(event);
  }
}
