import { attempt } from '../codec/attempt';
import { classOf } from '../errors';
import type { Bytes } from './transport';
import { unreadable } from './unreadable';

/** One read, in the shape of web streams and of iterators. */
interface Read {
  readonly done?: boolean;
  readonly value?: unknown;
}

/** The body of a response, read by read. */
export interface BodyReader {
  /** Rejects if the connection breaks. The last one is done and has no value. */
  readonly read: () => Read | Promise<Read>;
  /** Releases the connection. */
  readonly cancel: () => void;
}

/**
 * Returns a reader of the body of a response, or `undefined` if it has none that can be read in parts.
 *
 * Reads a web stream and, for `node-fetch` and others, an async iterable such as a Node stream.
 *
 * @throws RequestError for a body of another kind.
 */
export function readerOf(body: unknown): BodyReader | undefined {
  if (body === null || body === undefined) return undefined;
  if (hasMethod(body, 'getReader')) return webReader(body as ReadableStream<unknown>);
  if (hasMethod(body, Symbol.asyncIterator)) return iterableReader(body as AsyncIterable<unknown>);
  if (hasMethod(body, 'stream')) return webReader((body as Blob).stream());
  // Buffers and strings of mocks: a single read.
  if (typeof body === 'string' || isBuffer(body)) return iteratorReader([body].values());
  throw unreadable(`the response has a body of type ${typeNameOf(body)}`);
}

function webReader(body: ReadableStream<unknown>): BodyReader {
  if (body.locked) throw unreadable('the response was already read: read a clone()');
  const reader = body.getReader();
  return {
    read: () => reader.read(),
    cancel: () => release(() => reader.cancel()),
  };
}

/** Parts of a Node stream that an async iterable may have. */
interface NodeStream {
  readonly on?: (event: 'error', listener: () => void) => unknown;
  readonly destroy?: () => unknown;
}

function iterableReader(body: AsyncIterable<unknown> & NodeStream): BodyReader {
  // An abort emits `error`, which without a listener ends the process. The iterator reports errors by itself.
  body.on?.('error', ignore);
  return iteratorReader(body[Symbol.asyncIterator](), () => {
    // A pending read delays `return`, but not `destroy`.
    body.destroy?.();
  });
}

const iteratorReader = (
  iterator: Iterator<unknown> | AsyncIterator<unknown>,
  destroy = ignore,
): BodyReader => ({
  read: () => iterator.next(),
  cancel: () => {
    release(destroy);
    release(() => iterator.return?.());
  },
});

/**
 * Converts a read to bytes: those of a web stream are bytes, others may be buffers or text.
 *
 * @throws RequestError for a read of another kind.
 */
export function bytesOfRead(read: unknown): Bytes {
  if (read instanceof Uint8Array) return read;
  if (typeof read === 'string') return new TextEncoder().encode(read);
  if (ArrayBuffer.isView(read)) return new Uint8Array(read.buffer, read.byteOffset, read.byteLength);
  if (isBuffer(read)) return new Uint8Array(read);
  throw unreadable(`the body emitted a value of type ${typeNameOf(read)}`);
}

/** Whether a value is a buffer of any realm. */
const isBuffer = (value: unknown): value is ArrayBuffer =>
  ArrayBuffer.isView(value) || /^(Shared)?ArrayBuffer$/.test(classOf(value));

/** Returns the name of the class of a value, which {@link classOf} has for built-in classes only. */
const typeNameOf = (value: unknown): string =>
  String((value as { readonly constructor?: { readonly name?: string } } | undefined)?.constructor?.name);

const hasMethod = (value: unknown, name: PropertyKey): boolean =>
  typeof (Object(value) as Record<PropertyKey, unknown>)[name] === 'function';

/** Cancels a body that is not needed. One that cannot be read holds no connection. */
export const cancelBody = (body: unknown): void => attempt(() => readerOf(body)?.cancel());

/** Releases a body. It rejects after an abort, and some polyfills and mocks throw. */
const release = (cancel: () => unknown): void => {
  Promise.resolve(attempt(cancel)).catch(ignore);
};

const ignore = (): void => undefined;
