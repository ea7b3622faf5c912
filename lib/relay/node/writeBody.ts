import type { ServerResponse } from 'node:http';

import { noop } from 'rxjs';

import type { BodyBuffer } from '../BodyBuffer';

/**
 * Milliseconds for which a reader may take nothing of what was written; then its connection or its stream of HTTP/2 is closed. A
 * server that has a `timeout` has its own limit.
 */
const LONGEST_WAIT_MS = 600_000;

/** Limits the wait for a reader, and returns a function that ends the limit. Node extends it while the reader takes something. */
function limitWait(response: ServerResponse): () => void {
  if (response.socket?.timeout) return noop;
  // Node closes the connection by itself, but not a stream of HTTP/2.
  const close = (): void => void response.destroy();
  response.once('timeout', close);
  response.setTimeout(LONGEST_WAIT_MS);
  return () => {
    response.off('timeout', close);
    response.setTimeout(0);
  };
}

/** Writes the text of a buffer as fast as the reader takes it. */
export function writeBuffer(buffer: BodyBuffer, response: ServerResponse): void {
  let mayWrite = true;
  let endWait = noop;
  const write = (): void => {
    if (mayWrite) {
      buffer.flush((text) => {
        mayWrite = response.write(Buffer.from(text)); // Node writes the bytes of a string at a higher cost.
        if (!mayWrite) endWait = limitWait(response);
      });
    }
    const { end } = buffer;
    if (end === 'complete') response.end();
    else if (end === 'broken') response.destroy();
  };
  buffer.onChange = write;
  response.on('drain', () => {
    mayWrite = true;
    endWait();
    write();
  });
  response.once('close', () => buffer.cancel());
  write();
}

/** Writes a web stream as fast as the reader takes it, and cancels it when the reader leaves. */
export async function writeStream(body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = body.getReader();
  // One listener for all waits.
  let proceed = noop;
  response.on('drain', () => proceed());
  response.once('close', () => {
    reader.cancel().catch(noop);
    proceed();
  });
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const mayWrite = response.write(read.value);
      if (mayWrite || response.destroyed) continue;
      const endWait = limitWait(response);
      await new Promise<void>((resolve) => (proceed = resolve));
      endWait();
    }
    response.end();
  } catch {
    response.destroy(); // The stream has failed, so the response is incomplete.
  }
}
