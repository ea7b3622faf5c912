import { concat, NEVER, noop, of, type Observable, type Subscription } from 'rxjs';

import type { Bytes, ResponseHead } from '../transport/transport';
import type { ChatConfig } from './config';

/** The one stream that stays open. */
let open: Subscription | undefined;

/**
 * Keeps one stream open that receives nothing, so that the engine keeps the code that it has compiled for streams.
 *
 * V8 discards optimized code at a collection of the complete heap if no object of a shape that it was optimized for is left. That
 * is so between two calls of a process that makes one at a time, and the next call would start as slowly as the first. The open
 * stream has an object of each shape. It has no timer and no connection, and keeps no process alive.
 *
 * @param stream - Returns a stream of the kind to keep, by a config that needs no server.
 */
export function keepCompiled(stream: (config: ChatConfig) => Observable<unknown>): void {
  // An error has ended the call before as well, which reported it.
  open ??= stream(nowhere).subscribe({ error: noop });
}

const LF = 0x0a;
const response: ReadonlyArray<ResponseHead | Bytes> = [
  { status: 200, headers: { 'content-type': 'text/event-stream' } },
  // A field without a name, which the parser ignores.
  Uint8Array.of(':'.charCodeAt(0), LF),
];

const nowhere: ChatConfig = {
  transport: () => concat(of(...response), NEVER),
  timeouts: { head: Infinity, first: Infinity, idle: Infinity },
};
