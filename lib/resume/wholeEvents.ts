import { defer, type OperatorFunction } from 'rxjs';

import { ConnectionError, TruncatedError } from '../errors';
import { concatItems } from '../rx/concatItems';
import { Utf8Decoder } from '../sse/utf8';
import type { Bytes } from '../transport/transport';

/** A reader's place in a stream of events. */
export interface Place {
  /** The `id` of the last event; `''` before the first. */
  lastId: string;
  /** The reconnection time that the server requests, in milliseconds, at most a minute. */
  retryMs: number;
  /** Whether the last event of the answer has arrived. */
  isEnded: boolean;
}

/**
 * Passes on complete events only, and records the place after them.
 *
 * Half an event before a cut would spoil the event after it. The bytes of a body that ends before the answer does error with
 * {@link ConnectionError}, and those of an answer whose writer has died with {@link TruncatedError}.
 *
 * ```text
 * source:        -a-b---c-|    a = 'id: 1\ndata: x', b = '\n\nda', c = 'ta'
 * wholeEvents(): ---e-----#    e = 'id: 1\ndata: x\n\n'
 * ```
 *
 * @param longest - The most characters of an event that are held; a longer one is passed on as it arrives.
 */
export const wholeEvents =
  (place: Place, longest: number): OperatorFunction<Bytes, Bytes> =>
  (read$) =>
    defer(() => {
      const events = new WholeEvents(longest);
      const encoder = new TextEncoder();
      return read$.pipe(
        concatItems<Bytes, Bytes>(
          (read) => {
            const text = events.take(read);
            const failure = failureIn(text);
            const passed = failure === undefined ? text : text.slice(0, failure.at);
            move(place, passed);
            const items = passed === '' ? [] : [encoder.encode(passed)];
            return failure === undefined ? items : [...items, failure.error];
          },
          () => (place.isEnded ? [] : [cut()]),
        ),
      );
    });

/** Splits text after the last complete event. Only new text is searched. */
class WholeEvents {
  readonly #longest: number;
  readonly #decoder = new Utf8Decoder();
  #rest = '';
  /** The last characters of the rest, which may be the beginning of a blank line. */
  #tail = '';

  constructor(longest: number) {
    this.#longest = longest;
  }

  take(read: Bytes): string {
    const text = this.#decoder.decode(read);
    const searched = this.#tail + text;
    const end = endOfEvents(searched);
    this.#tail = searched.slice(-3);
    this.#rest += text;
    const kept = end === -1 ? this.#rest.length : searched.length - end;
    // The parser reports an event that is too long.
    if (end === -1 && kept <= this.#longest) return '';
    const whole = end === -1 ? this.#rest : this.#rest.slice(0, this.#rest.length - kept);
    this.#rest = end === -1 ? '' : searched.slice(end);
    return whole;
  }
}

/** Returns the index after the last blank line; -1 for none. */
function endOfEvents(text: string): number {
  const lf = text.lastIndexOf('\n\n');
  const crlf = text.lastIndexOf('\r\n\r\n');
  return Math.max(lf === -1 ? -1 : lf + 2, crlf === -1 ? -1 : crlf + 4);
}

function move(place: Place, text: string): void {
  const id = lastValue(text, 'id');
  if (id !== undefined && !id.includes('\0')) place.lastId = id;
  const retry = lastValue(text, 'retry');
  if (retry !== undefined && /^\d+$/.test(retry)) place.retryMs = Math.min(Number(retry), LONGEST_RETRY_MS);
  if (END.test(text)) place.isEnded = true;
}

/** The longest reconnection time: a longer one is as good as none for a reader that waits. */
const LONGEST_RETRY_MS = 60_000;

/** The last event of an answer: `[DONE]`, or an error. */
const END = /^data: ?(?:\[DONE\]|\{"error":)/m;

/** Returns the last value of a field of events; `undefined` for none. */
function lastValue(text: string, field: string): string | undefined {
  const at = text.lastIndexOf(`\n${field}:`);
  const start = at === -1 ? (text.startsWith(`${field}:`) ? 0 : -1) : at + 1;
  return start === -1 ? undefined : /^[^:]*: ?([^\r\n]*)/.exec(text.slice(start))?.[1];
}

/** Returns the failure of the log that a relay reports in an event, and the index of that event. */
function failureIn(text: string): { readonly at: number; readonly error: Error } | undefined {
  const found = FAILURE.exec(text);
  if (found === null) return undefined;
  const at = found.index;
  const isOrphaned = found[1] === 'orphaned';
  return { at, error: isOrphaned ? orphaned() : cut('the relay has lost its log: retry') };
}

const FAILURE = /^data: ?\{"error":\{[^\n]*"code":"(orphaned|log_unavailable)"/m;

/** The error of an answer whose writer has died: `continueOnTruncation` continues it. */
export const orphaned = (): TruncatedError =>
  new TruncatedError('the process that wrote the answer has ended: send the request again');

const cut = (message = 'the connection ended before the answer did: retry'): ConnectionError =>
  new ConnectionError(message, 'body');
