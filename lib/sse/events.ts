import { LimitError } from '../errors';
import { emptyLine, splitLines, type LineHandler } from './lines';
import type { EventRules, ServerSentEvent } from './ServerSentEvent';
import { usualEvents } from './usualEvents';

/** The JSON of an error without a field, as a server writes it that fails in the middle of an answer. */
const BARE_ERROR = /^\{\s*"error"\s*:/;

/** Whether two data lines are an object, and another one or `[DONE]`: GLM and Kimi send no blank line between parts of a call. */
const areTwoEvents = (line: string, next: string): boolean => line.endsWith('}') && /^[{[]/.test(next);

/** Replaced, and never mutated, when there is an event. */
const NO_EVENTS: Array<ServerSentEvent | LimitError> = [];

/** Parses the text of one event stream, in fragments that may be cut anywhere. */
export class EventParser implements LineHandler {
  readonly #rules: EventRules;
  /** The events that ended in the last fragment. */
  #events = NO_EVENTS;
  #line = emptyLine;
  /** The fields of the event whose blank line has not been received. Without data it is not dispatched. */
  #event = '';
  #data: string | null = null;
  /** The last line of the data, which itself is not read again: it may have many lines. */
  #dataLine = '';
  #retry: number | undefined;
  #id = '';

  constructor(rules: EventRules) {
    this.#rules = rules;
  }

  /**
   * Returns the events that end in one more fragment.
   *
   * A {@link LimitError} takes the place of a line or event over its limit, and is the last item.
   */
  take(text: string): ReadonlyArray<ServerSentEvent | LimitError> {
    this.#events = NO_EVENTS;
    const start = this.#isBetweenEvents ? 0 : this.#readOpenEvent(text);
    if (start === text.length) return this.#events;
    // Nearly always all of the text, if each event is a read.
    const { events, end } = usualEvents(text, start, this.#id, this.#rules);
    this.#events = this.#events.length === 0 ? events : this.#events.concat(events);
    if (end < text.length) this.#readLines(text.slice(end));
    return this.#events;
  }

  /** Returns the events in the last fragment, which may leave a line and an event unfinished. */
  end(text: string): ReadonlyArray<ServerSentEvent | LimitError> {
    this.take(text);
    if (this.#line.text !== '') this.onLine(this.#line.text);
    if (this.#rules.keepIncomplete) this.#dispatch({ incomplete: true });
    return this.#events;
  }

  /** Whether the text so far ends with the blank line of an event, or is empty. */
  get #isBetweenEvents(): boolean {
    const isLineStart = this.#line.text === '' && !this.#line.afterCR;
    return isLineStart && this.#event === '' && this.#data === null && this.#retry === undefined;
  }

  /** Reads an event that has begun. Returns the place in the text where another begins. */
  #readOpenEvent(text: string): number {
    const blank = text.indexOf('\n\n');
    const end = blank === -1 ? text.length : blank + 2;
    this.#readLines(text.slice(0, end));
    if (this.#events.at(-1) instanceof LimitError) return text.length;
    if (this.#isBetweenEvents) return end;
    this.#readLines(text.slice(end));
    return text.length;
  }

  #readLines(text: string): void {
    this.#line = splitLines(this.#line, text, this.#rules.line, this);
  }

  /** Parses a line. Returns whether the parser accepts another. */
  onLine(line: string | LimitError): boolean {
    if (typeof line !== 'string') return this.#fail(line);
    if (line === '') this.#dispatch();
    else this.#readField(line);
    const overLimit = this.#data !== null && this.#data.length > this.#rules.event;
    return !overLimit || this.#fail(new LimitError('event', this.#rules.event));
  }

  #readField(line: string): void {
    if (this.#data === null && line.startsWith('data: ')) {
      // Nearly every line.
      this.#data = this.#dataLine = line.slice(6);
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = line.slice(0, colon === -1 ? line.length : colon);
    // A .NET server that creates a writer for each event sends a byte order mark before each. It counts as a blank.
    const field = this.#rules.lenient ? name.trimStart() : name;
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    switch (field) {
      case 'data':
        if (this.#rules.lenient && this.#data !== null && areTwoEvents(this.#dataLine, value))
          this.#dispatch();
        this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
        this.#dataLine = value;
        break;
      case 'event':
        this.#event = value;
        break;
      case 'id':
        if (!value.includes('\0')) this.#id = value;
        break;
      case 'retry':
        if (/^\d+$/.test(value)) this.#retry = Number(value);
        break;
      case 'error':
        this.#readError(value);
        break;
      default:
        if (BARE_ERROR.test(line)) this.#readError(line);
    }
  }

  #readError(data: string): void {
    if (!this.#rules.lenient) return;
    this.#event = 'error';
    this.#data = data;
  }

  /**
   * Ends the event, which is dispatched if it has data. A reconnection time without data applies to the stream and is
   * kept for the next event.
   */
  #dispatch(incomplete?: { readonly incomplete: true }): void {
    const event = this.#event || 'message';
    const data = this.#data;
    const retry = this.#retry;
    this.#event = '';
    if (data === null) return;
    const ended = { event, data, id: this.#id };
    this.#add(
      retry === undefined && incomplete === undefined
        ? ended
        : { ...ended, ...(retry !== undefined && { retry }), ...incomplete },
    );
    this.#data = null;
    this.#retry = undefined;
  }

  #fail(error: LimitError): false {
    this.#add(error);
    this.#data = null;
    return false;
  }

  /** Adds an event. There is nearly always one, and `push` would reserve space for seventeen. */
  #add(event: ServerSentEvent | LimitError): void {
    if (this.#events.length === 0) this.#events = [event];
    else this.#events.push(event);
  }
}
