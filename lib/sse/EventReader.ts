import type { LimitError } from '../errors';
import type { Limits } from '../transport/limits';
import type { Bytes } from '../transport/transport';
import { EventParser } from './events';
import { LineBuffer } from './LineBuffer';
import type { EventRules, ServerSentEvent } from './ServerSentEvent';

/** Returns the rules for a stream as chat servers send it. */
export const lenientRules = ({ line, event }: Required<Limits>): EventRules => ({
  line,
  event,
  keepIncomplete: true,
  lenient: true,
});

/** Parses the reads of one event stream: bytes → text → lines → events. */
export class EventReader {
  readonly #reads: LineBuffer;
  readonly #events: EventParser;

  constructor(rules: EventRules) {
    this.#reads = new LineBuffer(rules.line);
    this.#events = new EventParser(rules);
  }

  /** Returns the events that end in one more read. */
  take(read: Bytes): ReadonlyArray<ServerSentEvent | LimitError> {
    return this.#events.take(this.#reads.take(read));
  }

  /** Returns the remaining events at the end of the body. */
  end(): ReadonlyArray<ServerSentEvent | LimitError> {
    return this.#events.end(this.#reads.end());
  }
}
