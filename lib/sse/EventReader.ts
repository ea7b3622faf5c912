import type { LimitError } from '../errors';
import type { Bytes } from '../transport/transport';
import { feed, flush, type EventRules, type EventStream, type ServerSentEvent } from './events';
import { LineBuffer } from './LineBuffer';

/** Parses the reads of one event stream: bytes → text → lines → events. */
export class EventReader {
  readonly #reads: LineBuffer;
  readonly #rules: EventRules;

  constructor(rules: EventRules) {
    this.#reads = new LineBuffer(rules.line);
    this.#rules = rules;
  }

  /** Parses one more read. */
  read(before: EventStream, read: Bytes): EventStream {
    return feed(before, this.#reads.take(read), this.#rules);
  }

  /** Returns the remaining events at the end of the body. */
  end(before: EventStream): ReadonlyArray<ServerSentEvent | LimitError> {
    return flush(before, this.#reads.end(), this.#rules).events;
  }
}
