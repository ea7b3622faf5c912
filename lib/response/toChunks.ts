import { flow } from 'fp-ts/function';
import { asyncScheduler, defer, filter, map, tap, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import { toServerSentEvents } from '../sse/toServerSentEvents';
import type { Bytes } from '../transport/transport';
import { Activity } from './Activity';
import { failWhenIdle } from './failWhenIdle';
import { createMessageReader } from './messageAsDelta';
import { createPayloadDecoder, findError, isActivity, isPayload } from './payload';
import type { ResponseContext } from './ResponseContext';
import { untilDone, type EndOptions } from './untilDone';

/**
 * Decodes the reads of an event stream to chunks, a step a line.
 *
 * @param wantsUsage - Whether the request asks for usage, which follows the finish reason.
 */
export function toChunks(
  context: ResponseContext,
  wantsUsage: boolean,
): OperatorFunction<Bytes, Decoded<ChatCompletionChunk>> {
  const { limits, redact, idle: ms, activity: counted, gate, scheduler = asyncScheduler } = context;
  const events = { line: limits.line, event: limits.event, keepIncomplete: true, errorField: true };
  const end: EndOptions = { ...context, ...(wantsUsage && { usage: Math.min(ms, USAGE_MS) }) };
  return (read$) =>
    defer(() => {
      const activity = new Activity(scheduler);
      return read$.pipe(
        tap(() => counted === 'bytes' && activity.mark()),
        toServerSentEvents(events), // bytes → text → lines → events
        filter(isPayload), // no comments, no pings, no blanks
        // JSON.parse, then io-ts → Either; a completion in one event; an error beside choices
        map(flow(createPayloadDecoder(redact), createMessageReader(), findError)),
        failWhenIdle({ ms, activity, isActivity: isActivity(counted), gate, scheduler }),
        untilDone(end), // completes at [DONE], tells complete from truncated and failed
      );
    });
}

/** The longest wait for usage after the finish reason, in milliseconds. */
const USAGE_MS = 120_000;
