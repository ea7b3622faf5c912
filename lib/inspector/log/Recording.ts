import type { TimedPart } from '../../tape/TimedPart';
import type { TapeEnding } from '../../tape/toTape';
import type { TransportRequest } from '../../transport/transport';

/** A request and its response as they were sent and received, keys included. */
export interface Recording {
  /** The request; `undefined` for the values of an operator. */
  readonly request: TransportRequest | undefined;
  /** The head and the reads, for a tape; empty once any of them is dropped. */
  parts: TimedPart[];
  /** The end of the response. */
  end: TapeEnding;
}
