import { defer, type OperatorFunction } from 'rxjs';

import { ConnectionError, TruncatedError } from '../errors';
import { concatItems } from '../rx/concatItems';
import { EventReader, lenientRules } from '../sse/EventReader';
import type { ServerSentEvent } from '../sse/ServerSentEvent';
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
  (place: Place, limits: Required<Limits>): OperatorFunction<Bytes, Bytes> =>
  (read$) =>
    defer(() => {
      const events = new EventReader(lenientRules(limits));
      const encoder = new TextEncoder();
      const isSeen = createSeen(place.lastId);
      return read$.pipe(
        concatItems<Bytes, Bytes>(
          (read) => {
            let text = '';
            for (const each of events.take(read)) {
              const passed = each instanceof Error ? each : isSeen(each) ? '' : passOn(each, place);
              if (passed instanceof Error) return [encoder.encode(text), passed];
              text += passed;
            }
            return [encoder.encode(text || ':\n\n')];
          },
          () => (place.isEnded ? [] : [cut()]),
        ),
      );
    });

/**
 * Creates a function that returns whether a reader has an event already, which a response begins with.
 *
 * A proxy that removes `last-event-id` makes the relay send all events again. Only ids that are counted, as a relay counts them, have
 * an order. An event without an id has that of the event before it, and is new.
 */
function createSeen(lastId: string): (event: ServerSentEvent) => boolean {
  /** The id of the last event that was seen; `undefined` after the first new one. */
  let seen: string | undefined = COUNTED.test(lastId) ? '' : undefined;
  return ({ id }) => {
    const isSeen = seen !== undefined && id !== seen && COUNTED.test(id) && Number(id) <= Number(lastId);
    seen = isSeen ? id : undefined;
    return isSeen;
  };
}

const COUNTED = /^\d{1,15}$/;

/** Moves the place behind an event, and returns its text; an error in the place of a failure of the log. */
function passOn({ event, data, id, retry }: ServerSentEvent, place: Place): string | Error {
  const failure = FAILURE.exec(data)?.[1];
  if (failure === 'orphaned') return orphaned();
  if (failure !== undefined) return cut('the relay has lost its log: retry');
  const name = event === 'message' ? '' : `event: ${event}\n`;
  const cursor = id === '' || id === place.lastId ? '' : `id: ${id}\n`;
  const delay = retry === undefined ? '' : `retry: ${retry}\n`;
  place.lastId = id || place.lastId;
  place.retryMs = Math.min(retry ?? place.retryMs, LONGEST_RETRY_MS);
  place.isEnded ||= END.test(data);
  return name + cursor + delay + writeEvent(data);
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
