import type { IncomingMessage } from 'node:http';

import { noop } from 'rxjs';

/** A request of `node:http`, with what frameworks add to it. */
export type NodeRequest = IncomingMessage & {
  /** The path before a router cut it (Express). */
  readonly originalUrl?: string;
  /** The body, if a framework has parsed it. */
  readonly body?: unknown;
};

/**
 * Converts a request of `node:http` to one of the platform.
 *
 * @param signal - Aborted when the connection closes.
 * @throws TypeError for a path, a method or a header that the platform does not allow, such as TRACE.
 */
export function toRequest(request: NodeRequest, signal: AbortSignal): Request {
  const { method = 'GET', originalUrl, url = '/' } = request;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const parsed = parsedBody(request);
  const http = new Request(`http://relay${originalUrl ?? url}`, {
    method,
    headers: headersOf(request, parsed !== undefined),
    body: hasBody ? (parsed ?? streamOf(request)) : null,
    duplex: 'half', // Required for a stream, and not in the types.
    signal,
  } as RequestInit);
  // Read by another, and not passed on: the relay reports a body that is used.
  if (hasBody && parsed === undefined && request.readableEnded) http.text().catch(noop);
  return http;
}

/** Headers that describe the bytes of a body, and not what a framework or fetch has made of them. */
export const OF_THE_BYTES = ['content-encoding', 'content-length', 'transfer-encoding'];

/** The header fields of a request. */
type HeaderFields = Pick<NodeRequest, 'headers'> & Partial<Pick<NodeRequest, 'headersDistinct'>>;

// HTTP/2 has no `headersDistinct`, but pseudo-headers such as `:path`.
function headersOf({ headersDistinct, headers }: HeaderFields, isParsed: boolean): Headers {
  const copy = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct ?? headers)) {
    if (name.startsWith(':') || (isParsed && OF_THE_BYTES.includes(name))) continue;
    for (const value of [values].flat()) copy.append(name, value);
  }
  return copy;
}

/** Returns the body that a framework has parsed, as it is sent; `undefined` if it is still to be read. */
function parsedBody({ body, readableEnded }: NodeRequest): BodyInit | undefined {
  const sent =
    typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body);
  // The parsers of Express 4 set an object without fields for a body that they leave unread.
  return sent === '{}' && !readableEnded ? undefined : sent;
}

/** Creates a stream of the body. Cancelling it discards the rest, since destroying the request would close the connection. */
function streamOf(request: IncomingMessage): ReadableStream<Uint8Array> {
  let forget = noop;
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      // Read by another: 'end' would not be emitted again.
      if (request.readableEnded) {
        controller.close();
        return;
      }
      const onData = (read: Buffer): void => {
        controller.enqueue(new Uint8Array(read.buffer, read.byteOffset, read.byteLength));
        if ((controller.desiredSize ?? 0) <= 0) request.pause();
      };
      const onEnd = (): void => {
        forget(); // The response keeps the request, and an open stream need not keep this body.
        controller.close();
      };
      const onClose = (): void => {
        if (!request.complete) controller.error(new Error('the connection was closed'));
      };
      request.on('data', onData).once('end', onEnd).once('close', onClose).on('error', noop).pause(); // 'close' reports it.
      forget = () => request.off('data', onData).off('end', onEnd).off('close', onClose);
    },
    pull: () => {
      request.resume();
    },
    cancel: () => {
      forget();
      request.resume();
    },
  });
}
