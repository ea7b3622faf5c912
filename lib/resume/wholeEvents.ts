import { defer, type OperatorFunction } from 'rxjs';

import { ConnectionError, TruncatedError } from '../errors';
import { concatItems } from '../rx/concatItems';
import { EventReader } from '../sse/EventReader';
import type { ServerSentEvent } from '../sse/events';
import { writeEvent } from '../sse/writeEvent';
import type { Limits } from '../transport/limits';
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
 * Half an event before a cut would spoil the event after it. A read without the end of an event becomes a comment, since bytes are
 * activity. The bytes of a body that ends before the answer does error with {@link ConnectionError}, and those of an answer whose
 * writer has died with {@link TruncatedError}.
 *
 * ```text
 * source:        -a-b---c-|    a = 'id: 1\ndata: x', b = '\n\nda', c = 'ta'
 * wholeEvents(): -k-e---k-#    e = 'id: 1\ndata: x\n\n', k = ':\n\n'
 * ```
 */
export const wholeEvents =
  (place: Place, { line, event }: Required<Limits>): OperatorFunction<Bytes, Bytes> =>
  (read$) =>
    defer(() => {
      const events = new EventReader({ line, event, keepIncomplete: false, errorField: false });
      const encoder = new TextEncoder();
      return read$.pipe(
        concatItems<Bytes, Bytes>(
          (read) => {
            let text = '';
            for (const each of events.take(read)) {
              const passed = each instanceof Error ? each : passOn(each, place);
              if (passed instanceof Error) return [encoder.encode(text), passed];
              text += passed;
            }
            return [encoder.encode(text || ':\n\n')];
          },
          () => (place.isEnded ? [] : [cut()]),
        ),
      );
    });

/** Moves the place behind an event, and returns its text; an error in the place of a failure of the log. */
function passOn({ event, data, id, retry }: ServerSentEvent, place: Place): string | Error {
  const failure = FAILURE.exec(data)?.[1];
  if (failure === 'orphaned') return orphaned();
  if (failure !== undefined) return cut('the relay has lost its log: retry');
  const name = event === 'message' ? '' : `event: ${event}\n`;
  const cursor = id === '' || id === place.lastId ? '' : `id: ${id}\n`;
  place.lastId = id || place.lastId;
  place.retryMs = Math.min(retry ?? place.retryMs, LONGEST_RETRY_MS);
  place.isEnded ||= END.test(data);
  return name + cursor + writeEvent(data);
}

/** A failure of the log that a relay reports. */
const FAILURE = /^\{"error":\{.*"code":"(orphaned|log_unavailable)"/s;

/** The last event of an answer: `[DONE]`, or an error. */
const END = /^(?:\[DONE\]|\{"error":)/;

/** The longest reconnection time: a longer one is as good as none for a reader that waits. */
const LONGEST_RETRY_MS = 60_000;

/** The error of an answer whose writer has died: `continueOnTruncation` continues it. */
export const orphaned = (): TruncatedError =>
  new TruncatedError('the process that wrote the answer has ended: send the request again');

const cut = (message = 'the connection ended before the answer did: retry'): ConnectionError =>
  new ConnectionError(message, 'body');
