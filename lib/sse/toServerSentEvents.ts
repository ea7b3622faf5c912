import { defer, type OperatorFunction } from 'rxjs';

import { concatItems } from '../rx/concatItems';
import { defaultLimits, type Limits } from '../transport/limits';
import type { Bytes } from '../transport/transport';
import { EventReader } from './EventReader';
import type { EventRules, ServerSentEvent } from './ServerSentEvent';

/** Options for {@link toServerSentEvents}. */
export interface ServerSentEventsOptions extends Pick<Limits, 'line' | 'event'> {
  /** Whether to keep a last event without its blank line, marked `incomplete`. Default false, as in the standard. */
  readonly keepIncomplete?: boolean;
  /**
   * Whether to read what some servers send against the standard: a field named `error` (GPUStack) and a line of JSON that begins
   * with it are events named `error`, blanks or a byte order mark before a field are dropped, and JSON after JSON on the line before
   * is another event. Default false.
   */
  readonly lenient?: boolean;
}

/**
 * Parses the bytes of an event stream into server-sent events.
 *
 * For event streams of any kind; `chatCompletion$` has it built in. Follows the HTML standard:
 * a byte order mark, LF, CR and CRLF, comments, data of several lines. A last event without its blank line is
 * dropped. The result does not depend on where the reads cut the bytes.
 *
 * ```text
 * source:               -a---b---|     a = 'data: x\n\ndata: y', b = 'z\n\n'
 * toServerSentEvents(): -p---q---|     p.data = 'x', q.data = 'yz'
 * ```
 *
 * @param options - `line` and `event`: the longest of each, in UTF-16 code units; 16 Mi by default. `keepIncomplete`: keeps
 * a last event without its blank line, marked `incomplete`. `lenient`: reads errors, marks and ends of events as some servers send them.
 * @returns An operator that errors with `LimitError` when a line or event is too long.
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { toServerSentEvents } from 'rxjs-chat-completions/sse';
 *
 * of(new TextEncoder().encode('event: greeting\ndata: hello\n\n'))
 *   .pipe(toServerSentEvents())
 *   .subscribe(({ event, data }) => console.assert(event === 'greeting' && data === 'hello'));
 * ```
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function toServerSentEvents({
  line = defaultLimits.line,
  event = defaultLimits.event,
  keepIncomplete = false,
  lenient = false,
}: ServerSentEventsOptions = {}): OperatorFunction<Bytes, ServerSentEvent> {
  const rules: EventRules = { line, event, keepIncomplete, lenient };
  return (read$) =>
    defer(() => {
      const reader = new EventReader(rules);
      return read$.pipe(
        concatItems<Bytes, ServerSentEvent>(
          (read) => reader.take(read),
          () => reader.end(),
        ),
      );
    });
}
