import type { LimitError, ServerError } from '../errors';
import type { Bytes } from '../transport/transport';

/**
 * The texts that have ended in a read.
 *
 * A {@link LimitError} takes the place of one over its limit, and is the last item. A {@link ServerError} takes the place of an event
 * named `error`.
 */
export type Payloads = ReadonlyArray<string | LimitError | ServerError>;

/** Splits the reads of one body into the JSON texts that it consists of. */
export interface PayloadReader {
  /** Returns the payloads that end in one more read. */
  readonly take: (read: Bytes) => Payloads;
  /** Returns the payload that the end of the body cuts or leaves without its line end, if there is one. */
  readonly end: () => Payloads;
}
