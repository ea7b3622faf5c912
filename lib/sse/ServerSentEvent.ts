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
  /**
   * Whether a field named `error` (GPUStack), or a line of JSON that begins with it, is an event named `error`, blanks or a
   * byte order mark before a field are dropped, and JSON after JSON on the line before is another event. The standard ignores the
   * first two, and joins the third to text that is not JSON.
   */
  readonly lenient: boolean;
}
