/**
 * How much of an answer is held at a time, in UTF-16 code units.
 *
 * A stream as a whole has no limit: nothing of it is kept. A line over its limit ends in {@link LimitError} with the
 * request aborted, so a server cannot fill the memory.
 */
export interface Limits {
  /** The longest line of a stream. Default 16 Mi: images and audio come as base64 in one line. */
  readonly line?: number;
  /** The most data in one event. Default 16 Mi. */
  readonly event?: number;
  /** The longest answer that is not streamed. Default 64 Mi. */
  readonly answer?: number;
  /** How much is read of the body of a failed answer; more is left unread. Default 64 Ki. */
  readonly errorBody?: number;
}

const KIBI = 1024;

/** What holds where a {@link Limits} says nothing. */
export const defaultLimits: Required<Limits> = {
  line: 16 * KIBI * KIBI,
  event: 16 * KIBI * KIBI,
  answer: 64 * KIBI * KIBI,
  errorBody: 64 * KIBI,
};
