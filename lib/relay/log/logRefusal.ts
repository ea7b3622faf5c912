import { Refusal } from '../Refusal';
import { logErrorReason, type LogErrorReason } from './LogError';

const NO_RETRY = { headers: { 'x-should-retry': 'false' } };

const orphaned = (): Refusal =>
  new Refusal(
    502,
    'orphaned',
    'the process that wrote the answer has ended: send the request again with another idempotency-key',
    NO_RETRY,
  );

/** The refusal of a request for an answer that the log does not have. */
export const unknownStream = (): Refusal =>
  new Refusal(
    404,
    'unknown_stream',
    'there is no such answer, or its time is over: send the request again',
    NO_RETRY,
  );

const REFUSALS: ReadonlyMap<LogErrorReason | undefined, () => Refusal> = new Map([
  ['LostLease', orphaned],
  ['Orphaned', orphaned],
  [
    'Trimmed',
    () => new Refusal(410, 'trimmed', 'the next events of the answer were removed: send the request again'),
  ],
  ['UnknownStream', unknownStream],
]);

/** Returns the refusal for a failure of a log. */
export function logRefusal(cause: unknown): Refusal {
  if (cause instanceof Refusal) return cause;
  // A later version may have other reasons.
  return REFUSALS.get(logErrorReason(cause))?.() ?? unavailable(cause);
}

/** The refusal while a log cannot be read or written. */
export const unavailable = (cause?: unknown): Refusal =>
  new Refusal(503, 'log_unavailable', 'the log of answers is unavailable: try again later', {
    headers: { 'retry-after': '1' },
    cause,
  });

/** The refusal for a reader of a claim that was withdrawn. A retry becomes the writer. */
export const withdrawn = (): Refusal =>
  new Refusal(503, 'withdrawn', 'the first request with this idempotency-key failed: send it again', {
    headers: { 'retry-after': '1' },
  });

export const badKey = (): Refusal =>
  new Refusal(
    400,
    'bad_idempotency_key',
    'the idempotency-key cannot be a part of a header and a URL: use 1 to 200 characters of Latin-1, not "." or ".."',
  );

export const badCursor = (): Refusal =>
  new Refusal(
    400,
    'bad_cursor',
    'the last-event-id is not one of this relay: leave it out to read from the start',
  );

/** The end of an answer that its reader has seen. */
export const nothingNew = (): Refusal => new Refusal(204, 'nothing_new', 'there are no more events');
