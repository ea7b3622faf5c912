import { RelayError } from '../RelayError';
import { LOG_MESSAGES, LogError, logErrorReason, type LogErrorReason } from './LogError';

/** The status and the code for each kind of failure of a stream. */
const KINDS = new Map<LogErrorReason | undefined, readonly [status: number, code: string]>([
  ['Orphaned', [502, 'orphaned']],
  ['Trimmed', [410, 'trimmed']],
  ['UnknownStream', [404, 'unknown_stream']],
]);

/** Returns the refusal for a failure of a log. */
export function logRefusal(cause: unknown): RelayError {
  const failure = logErrorReason(cause);
  // For its reader, a writer that must not write any more has died.
  const reason = failure === 'LostLease' ? 'Orphaned' : failure;
  const kind = KINDS.get(reason);
  // A later version may have other reasons.
  if (reason === undefined || kind === undefined) return unavailable(cause);
  return new RelayError(...kind, LOG_MESSAGES[reason], { headers: { 'x-should-retry': 'false' } });
}

/** The refusal of a request for an answer that the log does not have. */
export const unknownStream = (): RelayError => logRefusal(new LogError('UnknownStream'));

/** The refusal while a log cannot be read or written. */
export const unavailable = (cause?: unknown): RelayError =>
  new RelayError(503, 'log_unavailable', 'the log of answers is unavailable: try again later', {
    headers: { 'retry-after': '1' },
    cause,
  });

/** The refusal for a reader of a claim that was withdrawn. A retry becomes the writer. */
export const withdrawn = (): RelayError =>
  new RelayError(503, 'withdrawn', 'the first request with this idempotency-key failed: send it again', {
    headers: { 'retry-after': '1' },
  });

export const badKey = (): RelayError =>
  new RelayError(
    400,
    'bad_idempotency_key',
    'the idempotency-key must be 1 to 200 characters of Latin-1, and not "." or ".."',
  );

export const reusedKey = (): RelayError =>
  new RelayError(
    422,
    'reused_idempotency_key',
    'the idempotency-key was used for another request: use a new one',
  );

export const badCursor = (): RelayError =>
  new RelayError(
    400,
    'bad_cursor',
    'the last-event-id is not one of this relay: leave it out to read from the start',
  );
