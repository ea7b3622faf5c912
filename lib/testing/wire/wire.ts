import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import { textChunk } from './chunks';

/** Text exactly as it stands in a body. */
export interface Wire {
  readonly wire: string;
}

/**
 * Something a server says: a text that adds to the answer, a chunk, or the very characters of the body.
 *
 * A plain string is always content, so `'[DONE]'` is an answer that reads so; the end of a stream is {@link doneFrame}.
 */
export type ServerFrame = string | ChatCompletionChunk | Wire;

/**
 * An event with any JSON as its data, for what no other builder says.
 *
 * @param name - The event's name, if it has one; Groq names its errors.
 *
 * @example A ping between chunks, as some gateways send it
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
 * A comment, which keeps a connection alive and says nothing.
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
 * The event that ends a stream.
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
 * An error in the middle of a stream, under a status that promised success.
 *
 * @param message - The server's message.
 * @param fields - More fields of the error, or others instead: `code`, `type`, `param`.
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
 * Any characters, as they are: half an event, CRLF line ends, HTML.
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
 * What a server says, as the bytes of one read.
 *
 * A string is one chunk of content: `bytesOf('Hel')` is `bytesOf(textChunk('Hel'))`. For characters as they are,
 * there is {@link rawFrame} among others and {@link rawBytesOf} alone.
 *
 * @example The network as a marble: the socket is let go of when nobody listens any more
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
export const bytesOf = (...said: readonly ServerFrame[]): Uint8Array =>
  rawBytesOf(said.map(wireText).join(''));

/**
 * The characters of a text as UTF-8, and nothing around them.
 *
 * @example A character cut by two reads
 * ```ts
 * import { rawBytesOf } from 'rxjs-chat-completions/testing';
 *
 * const é = rawBytesOf('é');
 * const reads = [é.slice(0, 1), é.slice(1)];
 * console.assert(reads.length === é.length);
 * ```
 */
export const rawBytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function wireText(said: ServerFrame): string {
  if (typeof said === 'string') return wireText(textChunk(said));
  return 'wire' in said ? said.wire : eventFrame(said).wire;
}
