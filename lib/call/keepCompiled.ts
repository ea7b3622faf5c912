import { concat, NEVER, noop, of, Subscription, type Observable } from 'rxjs';

import type { Bytes, ResponseHead } from '../transport/transport';
import type { ChatConfig } from './config';

/** Number of streams that have ended. */
let ended = 0;

/** Refers to the stream that stays open. */
const kept = new Subscription();

/**
 * Keeps one stream open that receives nothing, so that the engine keeps the code that it has compiled for streams.
 *
 * V8 discards optimized code at a collection of the complete heap if no object of a shape that it was optimized for is left. That
 * is so between two calls of a process that makes one at a time, and the next call would start as slowly as the first. The open
 * stream has an object of each shape. It has no timer and no connection, and keeps no process alive.
 *
 * It is opened at the end of the second stream: the first has compiled little, and a process with a single call needs no other.
 *
 * @param stream - Returns a stream of the kind to keep, by a config that needs no server.
 */
export function keepCompiled(stream: (config: ChatConfig) => Observable<unknown>): void {
  ended += 1;
  // An error has ended the call before as well, which reported it.
  if (ended === 2) kept.add(stream(nowhere).subscribe({ error: noop }));
}

const response: ReadonlyArray<ResponseHead | Bytes> = [
  { status: 200, headers: { 'content-type': 'text/event-stream' } },
  Uint8Array.of(0x3a, 0x0a), // A colon and LF: a comment, which the parser ignores.
];

const nowhere: ChatConfig = {
  transport: () => concat(of(...response), NEVER),
  timeouts: { head: Infinity, first: Infinity, idle: Infinity },
};
