import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import { textChunk } from './chunks';

/** Raw text of a body. */
export interface Wire {
  readonly wire: string;
}

/**
 * A frame that a server sends: text of the answer, a chunk, or raw text of the body.
 *
 * A string is always content: `'[DONE]'` is text of the answer. The end of a stream is {@link doneFrame}.
 */
export type ServerFrame = string | ChatCompletionChunk | Wire;

/**
 * Builds an event with any JSON as its data, for events without a builder.
 *
 * @param name - The event's name. Groq names its errors.
 *
 * @example A ping between chunks, which some gateways send
 * ```ts
 * import { bytesOf, eventFrame } from 'rxjs-chat-completions/testing';
 *
 * const read = bytesOf('Hel', eventFrame({}, 'ping'), 'lo');
 * console.assert(eventFrame({}, 'ping').wire === 'event: ping\ndata: {}\n\n');
 * ```
 */
export const eventFrame = (json: unknown, name?: string): Wire =>
  rawFrame(`${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(json)}\n\n`);

/**
 * Builds a comment, which keeps a connection alive.
 *
 * @example
 * ```ts
 * import { bytesOf, commentFrame } from 'rxjs-chat-completions/testing';
 *
 * const read = bytesOf(commentFrame('OPENROUTER PROCESSING'), 'Hello');
 * console.assert(commentFrame('OPENROUTER PROCESSING').wire === ': OPENROUTER PROCESSING\n\n');
 * ```
 */
export const commentFrame = (text: string): Wire => rawFrame(`: ${text}\n\n`);

/**
 * Builds the event that ends a stream.
 *
 * @example
 * ```ts
 * import { bytesOf, doneFrame, finishChunk } from 'rxjs-chat-completions/testing';
 *
 * bytesOf('Hello', finishChunk('stop'), doneFrame());
 * ```
 */
export const doneFrame = (): Wire => rawFrame('data: [DONE]\n\n');

/**
 * Builds an error event, sent in a stream with status 200.
 *
 * @param message - The server's message.
 * @param fields - Fields to add to the error or to replace: `code`, `type`, `param`.
 *
 * @example
 * ```ts
 * import { last, of } from 'rxjs';
 * import { chatCompletion$, toChatState } from 'rxjs-chat-completions';
 * import { bytesOf, errorFrame, head200 } from 'rxjs-chat-completions/testing';
 *
 * const wire$ = of(head200, bytesOf('Hel', errorFrame('Context size has been exceeded.', { code: 500 })));
 * chatCompletion$({ transport: () => wire$ }, { model: 'any', messages: [] })
 *   .pipe(toChatState(), last())
 *   .subscribe(({ content, error }) => {
 *     console.assert(content === 'Hel' && error?.message.includes('Context size has been exceeded.'));
 *   });
 * ```
 */
export const errorFrame = (message: string, fields: Readonly<Record<string, unknown>> = {}): Wire =>
  eventFrame({ error: { message, type: 'server_error', ...fields } });

/**
 * Builds raw text: half an event, CRLF line ends, HTML.
 *
 * @example An event whose end is missing
 * ```ts
 * import { bytesOf, rawFrame } from 'rxjs-chat-completions/testing';
 *
 * bytesOf('Hel', rawFrame('data: {"choices":[{"del'));
 * ```
 */
export const rawFrame = (text: string): Wire => ({ wire: text });

/**
 * Encodes frames as the bytes of one read.
 *
 * A string is one chunk of content: `bytesOf('Hel')` is `bytesOf(textChunk('Hel'))`. For raw text, use {@link rawFrame} or
 * {@link rawBytesOf}.
 *
 * @example The network as marbles: unsubscribing aborts the request
 * ```ts
 * import { deepEqual } from 'node:assert';
 * import { TestScheduler } from 'rxjs/testing';
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { bytesOf, head200 } from 'rxjs-chat-completions/testing';
 *
 * new TestScheduler(deepEqual).run(({ cold, expectObservable, expectSubscriptions }) => {
 *   const socket$ = cold('          h-a--b 29s |', { h: head200, a: bytesOf('Hel'), b: bytesOf('lo') });
 *   const chunk$ = chatCompletion$({ transport: () => socket$ }, { model: 'any', messages: [] });
 *   expectObservable(chunk$, '      ^--!');
 *   expectSubscriptions(socket$.subscriptions).toBe('^--!');
 * });
 * ```
 */
export const bytesOf = (...frames: readonly ServerFrame[]): Uint8Array =>
  rawBytesOf(frames.map(toWireText).join(''));

/**
 * Encodes raw text as UTF-8.
 *
 * @example A character split between two reads
 * ```ts
 * import { rawBytesOf } from 'rxjs-chat-completions/testing';
 *
 * const é = rawBytesOf('é');
 * const reads = [é.slice(0, 1), é.slice(1)];
 * console.assert(reads.length === é.length);
 * ```
 */
export const rawBytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function toWireText(frame: ServerFrame): string {
  if (typeof frame === 'string') return toWireText(textChunk(frame));
  return 'wire' in frame ? frame.wire : eventFrame(frame).wire;
}
