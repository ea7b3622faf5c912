/**
 * The most that is buffered of a response, in UTF-16 code units.
 *
 * A stream has no total limit, since it is not buffered. At a line over its limit the call aborts the request and errors with
 * {@link LimitError}, so a server cannot fill the memory.
 */
export interface Limits {
  /** The longest line of a stream. Default 16 Mi: images and audio are base64 in one line. */
  readonly line?: number;
  /** The most data in one event. Default 16 Mi. */
  readonly event?: number;
  /** The longest response that is not streamed. Default 64 Mi. */
  readonly answer?: number;
  /** The longest body of an error response; the rest is not read. Default 64 Ki. */
  readonly errorBody?: number;
}

const KIBI = 1024;

/** The defaults of {@link Limits}. */
export const defaultLimits: Required<Limits> = {
  line: 16 * KIBI * KIBI,
  event: 16 * KIBI * KIBI,
  answer: 64 * KIBI * KIBI,
  errorBody: 64 * KIBI,
};
