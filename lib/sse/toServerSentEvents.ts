import { defer, scan, type OperatorFunction } from 'rxjs';

import { initialState, flush, feed, type EventRules, type EventStream, type ServerSentEvent } from './events';
import { concatItems } from '../rx/concatItems';
import { defaultLimits, type Limits } from '../transport/limits';
import { LineBuffer } from './LineBuffer';
import type { Bytes } from '../transport/transport';

/** What {@link toServerSentEvents} may be told. */
export interface ServerSentEventsOptions extends Pick<Limits, 'line' | 'event'> {
  /** Keep a last event that lacks its blank line, marked `cut`. Default false, as in the standard. */
  readonly keepIncomplete?: boolean;
  /** Take a field named `error` for an event named `error`, as GPUStack sends it. Default false, as in the standard. */
  readonly errorField?: boolean;
}

/**
 * Reads any event stream: the bytes of a body to its server-sent events.
 *
 * For streams that are no chat completions; {@link chatCompletion$} has it built in. By the standard to the letter:
 * a byte order mark, LF, CR and CRLF, comments, data of several lines, and a last event without its blank line is
 * dropped. The same bytes give the same events however the reads cut them.
 *
 * ```text
 * source:               -a---b---|     a = 'data: x\n\ndata: y', b = 'z\n\n'
 * toServerSentEvents(): -p---q---|     p.data = 'x', q.data = 'yz'
 * ```
 *
 * @param options - `line` and `event`: the longest of each, in UTF-16 code units, 16 Mi by default. `keepIncomplete`: keep
 * a last event without its blank line, marked `cut`. `errorField`: take a field named `error` for an event.
 * @returns An operator that errors with {@link LimitError} when a line or event is too long.
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { toServerSentEvents } from 'rxjs-chat-completions';
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
  errorField = false,
}: ServerSentEventsOptions = {}): OperatorFunction<Bytes, ServerSentEvent> {
  const rules: EventRules = { line, event, keepIncomplete, errorField };
  return (read$) =>
    defer(() => {
      const reads = new LineBuffer(line);
      return read$.pipe(
        scan((stream: EventStream, read: Bytes) => feed(stream, reads.take(read), rules), initialState),
        concatItems<EventStream, ServerSentEvent>(
          ({ events }) => events,
          (last = initialState) => flush(last, reads.end(), rules).events,
        ),
      );
    });
}
