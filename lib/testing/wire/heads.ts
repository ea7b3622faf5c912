import { isSuccess, type ResponseHead } from '../../transport/transport';

/**
 * Creates the head of a response: an event stream for 2xx, JSON for any other status, unless the headers name another type.
 *
 * @param headers - Names in any case.
 *
 * @example
 * ```ts
 * import { responseHead } from 'rxjs-chat-completions/testing';
 *
 * const { status, headers } = responseHead(429, { 'Retry-After': '2' });
 * console.assert(status === 429 && headers['retry-after'] === '2');
 * ```
 */
export function responseHead(status: number, headers: Readonly<Record<string, string>> = {}): ResponseHead {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const type = isSuccess({ status }) ? 'text/event-stream' : 'application/json';
  return { status, headers: { 'content-type': type, ...Object.fromEntries(named) } };
}

/**
 * The head of an event stream with status 200.
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import type { Transport } from 'rxjs-chat-completions';
 * import { bytesOf, doneFrame, head200 } from 'rxjs-chat-completions/testing';
 *
 * const hello: Transport = () => of(head200, bytesOf('Hello', doneFrame()));
 * ```
 */
export const head200: ResponseHead = responseHead(200);
