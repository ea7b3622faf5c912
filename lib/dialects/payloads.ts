import { parseJson } from '../codec/parseJson';
import type { LimitError, ServerError } from '../errors';
import { serverErrorOf } from '../response/serverError';
import { EventReader } from '../sse/EventReader';
import type { ServerSentEvent } from '../sse/events';
import { LineBuffer } from '../sse/LineBuffer';
import { emptyLine, splitLines, type OpenLine } from '../sse/lines';
import { defaultLimits } from '../transport/limits';
import type { Bytes } from '../transport/transport';

/**
 * The texts that have ended in a read.
 *
 * A {@link LimitError} takes the place of one over its limit, and is the last item. A {@link ServerError} takes the place of an event
 * named `error`.
 */
export type Payloads = ReadonlyArray<string | LimitError | ServerError>;

/** Splits the reads of one body into the JSON texts that it consists of. */
export interface PayloadReader {
  /** Returns the payloads that end in one more read. */
  readonly take: (read: Bytes) => Payloads;
  /** Returns the payload that the end of the body cuts or leaves without its line end, if there is one. */
  readonly end: () => Payloads;
}

const { line, event } = defaultLimits;

/** Reads a body with a JSON value in each line (NDJSON). */
export class LinePayloads implements PayloadReader {
  readonly #reads = new LineBuffer(line);
  #open: OpenLine = emptyLine;

  take(read: Bytes): Payloads {
    return this.#split(this.#reads.take(read));
  }

  end(): Payloads {
    const ended = this.#split(this.#reads.end());
    return isBlank(this.#open.text) ? ended : [...ended, this.#open.text];
  }

  #split(text: string): Payloads {
    const ended: Array<Payloads[number]> = [];
    this.#open = splitLines(this.#open, text, line, {
      onLine: (each) => {
        if (typeof each !== 'string' || !isBlank(each)) ended.push(each);
        return typeof each === 'string';
      },
    });
    return ended;
  }
}

/** Reads an event stream with a JSON value in each event. */
export class EventPayloads implements PayloadReader {
  readonly #events = new EventReader({ line, event, keepIncomplete: true, errorField: false });

  take(read: Bytes): Payloads {
    return payloadsOf(this.#events.take(read));
  }

  end(): Payloads {
    return payloadsOf(this.#events.end());
  }
}

const payloadsOf = (events: ReadonlyArray<ServerSentEvent | LimitError>): Payloads =>
  events.map((each) => {
    if (each instanceof Error) return each;
    const { event, data } = each;
    return event === 'error' ? serverErrorOf(parseJson(data) ?? data, data) : data;
  });

const isBlank = (text: string): boolean => text.trim() === '';
