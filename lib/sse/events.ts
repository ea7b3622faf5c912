import { LimitError } from '../errors';
import { splitLines, emptyLine, type OpenLine } from './lines';

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
  /** The body ended before the blank line that ends an event; only with `keepIncomplete`. */
  readonly incomplete?: true;
}

/** What an event-stream parser may be allowed beyond the standard. */
export interface EventRules {
  /** The longest line, in UTF-16 code units. */
  readonly line: number;
  /** The most data in one event, in UTF-16 code units. */
  readonly event: number;
  /** Keep a last event that lacks its blank line, marked `cut`; the standard drops it. */
  readonly keepIncomplete: boolean;
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

export const initialState: EventStream = { events: [], line: emptyLine, ...nothingOpen, id: '' };

/** Takes in one more piece of text, wherever it was cut. */
export function feed(before: EventStream, text: string, rules: EventRules): EventStream {
  if (text === '') return before.events.length === 0 ? before : { ...before, events: [] };
  return new EventParser(before, rules).text(text);
}

/** Takes in the last piece of text, after which a line and an event may be cut off. */
export function flush(before: EventStream, text: string, rules: EventRules): EventStream {
  return new EventParser(before, rules).text(text).end();
}

/** A stream while a piece of text is taken in. */
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
    this.line = splitLines(this.line, text, this.#rules.line, this);
    return this;
  }

  end(): EventStream {
    if (this.line.text !== '') this.onLine(this.line.text);
    if (this.#rules.keepIncomplete) this.#dispatch({ incomplete: true });
    return { ...initialState, events: this.events, id: this.id };
  }

  /** Takes in a line; says whether more may come. */
  onLine(line: string | LimitError): boolean {
    if (typeof line !== 'string') return this.#fail(line);
    if (line === '') this.#dispatch();
    else this.#takeField(line);
    const tooMuch = this.data !== null && this.data.length > this.#rules.event;
    return !tooMuch || this.#fail(new LimitError('event', this.#rules.event));
  }

  #takeField(line: string): void {
    if (this.data === null && line.startsWith('data: ')) {
      // What nearly every line is.
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
   * Ends the open event, if it is one. A reconnection time without data is for the whole stream, and waits for the next
   * event.
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
    Object.assign(this, nothingOpen);
    return false;
  }

  /** Nearly always one, and `push` would make room for seventeen. */
  #add(event: ServerSentEvent | LimitError): void {
    if (this.events.length === 0) this.events = [event];
    else this.events.push(event);
  }
}
