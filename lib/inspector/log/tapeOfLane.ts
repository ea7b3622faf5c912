import type { Tape } from '../../tape/tape';
import { toTape } from '../../tape/toTape';
import type { Lane } from './Lane';

/**
 * Returns the tape of an attempt, which `replayTransport` replays.
 *
 * It contains no prompt, no request header and no key.
 *
 * @param lane - An attempt of a {@link CallLog}.
 * @returns The tape; `null` for a lane without a request, and for one whose reads were dropped to stay within the limits.
 */
export function tapeOfLane(lane: Lane): Tape | null {
  const { isComplete, startedAt, endedAt, last } = lane;
  const { request, parts, end } = lane.recording;
  if (request === undefined || !isComplete) return null;
  // The call completes at `[DONE]`, which may be a moment before the end of the connection.
  const completedAt = last?.kind === 'complete' && endedAt !== null ? endedAt : null;
  const completion = completedAt === null ? null : { at: Math.max(0, Math.round(completedAt - startedAt)) };
  return toTape(request, parts, end ?? completion);
}
