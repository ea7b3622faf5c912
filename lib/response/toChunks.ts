import { defer, finalize, scan, takeUntil, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import { isChatError } from '../errors';
import { concatItems } from '../rx/concatItems';
import { EventReader } from '../sse/EventReader';
import { initialState, type EventRules, type EventStream, type ServerSentEvent } from '../sse/events';
import type { Bytes } from '../transport/transport';
import { Ending } from './Ending';
import { createPayloadDecoder, isPayload } from './payload';
import type { ResponseContext } from './ResponseContext';
import { Waits } from './Waits';

/**
 * Decodes the reads of an event stream to chunks, a step a line.
 *
 * The steps from an event to its chunks are plain functions within one operator, so an event costs no more than one
 * subscriber. The stream completes at `[DONE]` or when the source completes, and errors if the answer failed or is truncated;
 * {@link Ending} has the rule. If the connection breaks or falls idle after all finish reasons, the answer is complete all
 * the same.
 *
 * @param wantsUsage - Whether the request asks for usage, which follows the finish reason.
 */
export function toChunks(
  context: ResponseContext,
  wantsUsage: boolean,
): OperatorFunction<Bytes, Decoded<ChatCompletionChunk>> {
  const { limits, redact } = context;
  const rules: EventRules = {
    line: limits.line,
    event: limits.event,
    keepIncomplete: true,
    errorField: true,
  };
  return (read$) =>
    defer(() => {
      const reader = new EventReader(rules);
      const decode = createPayloadDecoder(redact);
      const ending = new Ending();
      const waits = new Waits(context, ending, wantsUsage);

      const chunksOf = (event: ServerSentEvent): ReturnType<Ending['add']> => {
        if (!isPayload(event)) return []; // no comments, no pings, no blanks
        const payload = decode(event); // JSON.parse, then io-ts → Either
        const items = ending.add(payload); // completes at [DONE], errors after a failure
        waits.onPayload(payload);
        return items;
      };

      return read$.pipe(
        // bytes → text → lines → events
        scan((stream: EventStream, read: Bytes) => {
          waits.onRead();
          return reader.read(stream, read);
        }, initialState),
        concatItems<EventStream, ServerSentEvent, Decoded<ChatCompletionChunk>>(
          ({ events }) => events,
          (last = initialState) => reader.end(last),
          {
            read: chunksOf,
            end: () => ending.end(false), // tells complete from truncated and failed
            isEnd: (error) => ending.missing !== 'answer' && isInterruption(error),
          },
        ),
        takeUntil(waits.over$),
        finalize(() => waits.stop()),
      );
    });
}

/** Whether an error only means that nothing more arrives. */
const isInterruption = (error: unknown): boolean =>
  isChatError(error) &&
  (error._tag === 'TruncatedError' || (error._tag === 'ConnectionError' && error.phase === 'body'));
