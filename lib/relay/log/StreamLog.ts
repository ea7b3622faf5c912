import type { Observable, ObservableInput } from 'rxjs';

/** An event of a log. */
export interface LogEvent {
  /** Its number in the stream, from 1. It is the cursor that readers send back. */
  readonly number: number;
  /** The text of the event, with its blank line. */
  readonly text: string;
}

/**
 * The end of a stream, as its writer appends it. `withdrawn`: the stream is removed as if it had not been claimed, because nothing was
 * written.
 */
export type LogEnd = 'ended' | 'withdrawn';

/** The reason why a writer has to stop: a stop was requested, or nothing read the stream for a time. */
export type StopReason = 'stopped' | 'unread';

/**
 * A place where the events of answers are kept, so that readers can join an answer again.
 *
 * Five functions. A stream has one writer ever, which holds a lease, and any number of readers, which pull. Failures of a known kind are
 * a {@link LogError}; any other error means that the log is not available.
 */
export interface StreamLog {
  /**
   * Claims a stream. Emits `writer` for the first claim of an id and `reader` for all others, also when the stream has ended.
   *
   * Unsubscribing before the value withdraws the claim. After 10 s without a value the log counts as not available.
   *
   * @param ageMs - Milliseconds since the request arrived, to which the time of the claim itself adds. A stop that was requested in that
   * time stops the writer as well.
   */
  readonly claim: (id: string, ageMs: number) => ObservableInput<'writer' | 'reader'>;
  /**
   * Appends events, and the end of the stream. Errors with reason `LostLease` if another process may consider the writer dead.
   *
   * The next append waits for it, and the lease is renewed meanwhile. After 60 s without its end the log counts as not
   * available, and after 10 s for `withdrawn`.
   *
   * @param after - The number of events before these. Events that the log already has are skipped, so a repeated append changes nothing.
   */
  readonly append: (
    id: string,
    after: number,
    events: readonly string[],
    end?: LogEnd,
  ) => ObservableInput<unknown>;
  /**
   * Emits the events after a number, follows the stream and completes at its end.
   *
   * Errors with reason `UnknownStream`, `Trimmed` if the next event was removed, and `Orphaned` if the writer has lost its
   * lease before the end.
   */
  readonly read$: (id: string, after: number) => Observable<LogEvent>;
  /**
   * Requests that the writer stops, in any process, within 10 s. Does nothing after the end.
   *
   * Errors with reason `UnknownStream`, and is then remembered for a minute: the request for the stream may have arrived without being
   * authorized yet.
   */
  readonly stop: (id: string) => ObservableInput<unknown>;
  /**
   * Renews the lease of the writer while it is subscribed to, and emits once when the writer has to stop. Errors with reason `LostLease`.
   *
   * @param unreadMs - Milliseconds without a reader after which the writer has to stop; `Infinity` for no limit.
   */
  readonly lease$: (id: string, unreadMs: number) => Observable<StopReason>;
}
