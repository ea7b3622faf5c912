import { LimitError } from '../../errors';
import { LineBuffer } from '../../sse/LineBuffer';
import { emptyLine, splitLines, type OpenLine } from '../../sse/lines';
import type { Limits } from '../../transport/limits';
import type { Bytes } from '../../transport/transport';
import type { PayloadReader, Payloads } from '../PayloadReader';

/**
 * Reads a body with a JSON value in each line (NDJSON).
 *
 * A gateway may print an object over several lines: from a line with its opening brace alone to one that begins with the closing
 * brace.
 */
export class LinePayloads implements PayloadReader {
  readonly #limits: Required<Limits>;
  readonly #reads: LineBuffer;
  #open: OpenLine = emptyLine;
  /** The lines of an object whose last one has not ended. */
  #object = '';

  constructor(limits: Required<Limits>) {
    this.#limits = limits;
    this.#reads = new LineBuffer(limits.line);
  }

  take(read: Bytes): Payloads {
    return this.#split(this.#reads.take(read));
  }

  end(): Payloads {
    const ended = this.#split(this.#reads.end());
    const last = this.#addLine(this.#open.text) ?? this.#object;
    return last === '' ? ended : [...ended, last];
  }

  #split(text: string): Payloads {
    const ended: Array<Payloads[number]> = [];
    this.#open = splitLines(this.#open, text, this.#limits.line, {
      onLine: (each) => {
        const payload = typeof each === 'string' ? this.#addLine(each) : each;
        if (payload !== undefined) ended.push(payload);
        return !(payload instanceof Error);
      },
    });
    return ended;
  }

  /** Adds a line. Returns the payload that it ends; `undefined` for a blank line, and within an object of several lines. */
  #addLine(text: string): string | LimitError | undefined {
    if (text.trim() === '') return undefined;
    if (this.#object === '' && text.trim() !== '{') return text;
    this.#object += `${text}\n`;
    const { event } = this.#limits;
    if (this.#object.length > event) return new LimitError('event', event);
    if (!text.startsWith('}')) return undefined;
    const object = this.#object;
    this.#object = '';
    return object;
  }
}
