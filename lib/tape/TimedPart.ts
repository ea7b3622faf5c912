import { isResponseHead, type Bytes, type ResponseHead } from '../transport/transport';

/** A part of a response, with its time. */
export interface TimedPart {
  /** Milliseconds since the request. */
  readonly at: number;
  readonly part: ResponseHead | Bytes;
}

/** Returns a part to keep: a copy of a read, as the next one may reuse the memory. The slice of a `Buffer` is none. */
export const timedPart = (at: number, part: ResponseHead | Bytes): TimedPart => ({
  at,
  part: isResponseHead(part) ? part : new Uint8Array(part),
});
