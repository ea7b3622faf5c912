/** The kind of a {@link LogError}. */
export type LogErrorReason = 'LostLease' | 'Orphaned' | 'Trimmed' | 'UnknownStream';

/** The messages of the kinds, which readers see as well. */
export const LOG_MESSAGES: Readonly<Record<LogErrorReason, string>> = {
  LostLease: 'the writer stalled for longer than its lease, so it must not write any more',
  Orphaned:
    'the process that wrote the answer has ended: send the request again with another idempotency-key',
  Trimmed: 'the next events of the answer were removed: send the request again',
  UnknownStream: 'there is no such answer, or its time is over: send the request again',
};

/** A failure of a stream of a log, while the log itself is available. */
export class LogError extends Error {
  readonly _tag = 'LogError';
  readonly reason: LogErrorReason;

  constructor(reason: LogErrorReason) {
    super(LOG_MESSAGES[reason]);
    this.reason = reason;
  }
}

/** Returns the reason of a {@link LogError}, of any copy of this library; `undefined` for other errors. */
export const logErrorReason = (error: unknown): LogErrorReason | undefined => {
  const { _tag, reason } = Object(error) as Partial<LogError>;
  return _tag === 'LogError' ? reason : undefined;
};
