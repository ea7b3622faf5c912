import type { LimitError } from '../errors';
import type { Bytes } from '../transport/transport';
import { feed, flush, initialState, type EventRules, type ServerSentEvent } from './events';
import { LineBuffer } from './LineBuffer';

/** Parses the reads of one event stream: bytes → text → lines → events. */
export class EventReader {
  readonly #reads: LineBuffer;
  readonly #rules: EventRules;
  #stream = initialState;

  constructor(rules: EventRules) {
    this.#reads = new LineBuffer(rules.line);
    this.#rules = rules;
  }

  /** Returns the events that end in one more read. */
  take(read: Bytes): ReadonlyArray<ServerSentEvent | LimitError> {
    this.#stream = feed(this.#stream, this.#reads.take(read), this.#rules);
    return this.#stream.events;
  }

  /** Returns the remaining events at the end of the body. */
  end(): ReadonlyArray<ServerSentEvent | LimitError> {
    return flush(this.#stream, this.#reads.end(), this.#rules).events;
  }
}
