import type { IncomingMessage } from 'node:http';

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
 */
export function toRequest(request: NodeRequest, signal: AbortSignal): Request {
  const { method = 'GET', originalUrl, url = '/' } = request;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(new URL(originalUrl ?? url, 'http://relay'), {
    method,
    headers: headersOf(request),
    body: hasBody ? bodyOf(request) : null,
    duplex: 'half', // Required for a stream, and not in the types.
    signal,
  } as RequestInit);
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    // HTTP/2 has pseudo-headers such as `:path`.
    if (!name.startsWith(':')) for (const value of values) headers.append(name, value);
  }
  return headers;
}

function bodyOf(request: NodeRequest): BodyInit {
  const { body } = request;
  if (body === undefined) return streamOf(request);
  return typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body);
}

/** Creates a stream of the body. Cancelling it discards the rest, since destroying the request would close the connection. */
function streamOf(request: IncomingMessage): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      request.on('data', (read: Buffer) => {
        controller.enqueue(new Uint8Array(read.buffer, read.byteOffset, read.byteLength));
        if ((controller.desiredSize ?? 0) <= 0) request.pause();
      });
      request.once('end', () => controller.close());
      request.once('error', (error) => controller.error(error));
      request.once('close', () => {
        if (!request.complete) controller.error(new Error('the connection was closed'));
      });
      request.pause();
    },
    pull: () => {
      request.resume();
    },
    cancel: () => {
      request.removeAllListeners('data').removeAllListeners('end').resume();
    },
  });
}
