import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';

import { noop } from 'rxjs';

import type { RelayHandler } from '../relay';
import { bufferOf } from '../textResponse';
import { OF_THE_BYTES, toRequest, type NodeRequest } from './toRequest';
import { writeBuffer, writeStream } from './writeBody';

/** A handler of `node:http`, Express, Fastify (after `reply.hijack()`) and Nest. */
export type NodeRequestHandler = (request: NodeRequest, response: ServerResponse) => Promise<void>;

/**
 * Adapts a relay to `node:http`, and to the frameworks that are built on it.
 *
 * The call to the model is aborted in the same tick when the connection closes. A body that a framework has parsed is used as it is.
 *
 * @param handler - A relay, or any function from a `Request` to a `Response`.
 * @returns A function whose promise is never rejected. If the handler rejects, the response is 500 without its message.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { relay } from 'rxjs-chat-completions/relay';
 * import { toNode } from 'rxjs-chat-completions/relay/node';
 *
 * const chat = relay({
 *   answer: ({ request, gate }) => chatCompletion$({ gate }, request),
 *   authorize: () => 'anyone on this machine',
 *   allow: { models: ['llama3.2'] },
 * });
 * const server = createServer(toNode(chat));
 * ```
 */
export const toNode =
  (handler: RelayHandler): NodeRequestHandler =>
  async (request, response) => {
    reportClose(request, response);
    if (isOver(response)) return;
    const leave = new AbortController();
    // In Bun `request` emits no 'close'.
    response.once('close', () => leave.abort());
    const answer = await answerTo(handler, request, leave.signal);
    if (isOver(response)) {
      cancel(answer);
      return;
    }
    writeHead(answer, request, response);
    const buffer = bufferOf(answer);
    if (buffer !== undefined) writeBuffer(buffer, response);
    else if (answer.body === null) response.end();
    else await writeStream(answer.body, response);
  };

/**
 * Closes a response with its connection.
 *
 * Node does so for the response that it sends, and not for those of pipelined requests, which wait behind it without a socket.
 */
function reportClose({ socket }: NodeRequest, response: ServerResponse): void {
  if (response.socket !== null || isOver(response)) return;
  const close = (): void => {
    // It may have got the socket meanwhile.
    if (response.socket === null) response.destroy().emit('close');
  };
  // A framework may have passed on the request later.
  if (socket.destroyed) close();
  socket.once('close', close);
  response.once('close', () => socket.off('close', close));
}

/** Whether nothing can be written: the reader has left, or another handler has responded. */
const isOver = ({ destroyed, headersSent }: ServerResponse): boolean => destroyed || headersSent;

const cancel = (answer: Response): void => {
  answer.body?.cancel().catch(noop);
};

/** Returns the response of a handler: 400 to a request that is not one of the platform, 500 if the handler rejects. */
async function answerTo(handler: RelayHandler, request: NodeRequest, signal: AbortSignal): Promise<Response> {
  let http: Request;
  try {
    http = toRequest(request, signal);
  } catch {
    return new Response(null, { status: 400 });
  }
  try {
    const answer = await handler(http);
    if (isSendable(answer)) return answer;
  } catch {
    // Not a relay, which never rejects.
  }
  return new Response(null, { status: 500 });
}

/**
 * Whether a response has a status, which `Response.error()` lacks, headers that Node accepts, and a body that nothing else reads.
 *
 * JavaScript allows one that is not of the platform: throws for it, or returns false.
 */
const isSendable = ({ status, headers, body }: Response): boolean =>
  status !== 0 &&
  'getSetCookie' in headers &&
  ![...headers.values()].some((value) => CONTROL.test(value)) &&
  (body === null || ('getReader' in body && !body.locked));

/** A character that Node does not send in a header, and that a `Response` can have. */
const CONTROL = /[^\t\x20-\x7e\x80-\xff]/;

/** Headers of a connection. With one of them, Node refuses to send a response of HTTP/2. */
const OF_THE_CONNECTION = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'];

function writeHead(
  { status, headers, url }: Response,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const isHttp2 = request.httpVersionMajor >= 2;
  // Only a response of fetch has a URL, and its body is decoded.
  const omitted = [...(url === '' ? [] : OF_THE_BYTES), ...(isHttp2 ? OF_THE_CONNECTION : []), 'set-cookie'];
  response.statusCode = status;
  headers.forEach((value, name) => {
    if (!omitted.includes(name)) response.setHeader(name, value);
  });
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  if (request.complete) return;
  // The rest of a body that was refused is not read, and its client need not wait to send it.
  if (isHttp2) closeWhenSent(request as unknown as Http2ServerRequest);
  else response.setHeader('connection', 'close');
}

function closeWhenSent({ stream }: Http2ServerRequest): void {
  stream.once('finish', () => stream.destroy());
}
