import { noop } from 'rxjs';

import type { BodyBuffer } from './BodyBuffer';

/** Buffers of responses, for a server that can write text without a web stream. */
const buffers = new WeakMap<Response, BodyBuffer>();

/** Returns the buffer of a response that {@link textResponse} created and that is unchanged. */
export const bufferOf = (response: Response): BodyBuffer | undefined => buffers.get(response);

/** Creates a response whose body is the text of a buffer. */
export function textResponse(buffer: BodyBuffer, headers: Headers): Response {
  const response = new Response(streamOf(buffer), { headers });
  buffers.set(response, buffer);
  return response;
}

/** Creates a stream that takes text only when it is read, and cancels the buffer with it. */
function streamOf(buffer: BodyBuffer): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      // Called at a read that waits, and not again before it is served.
      pull: (controller) => {
        const serve = (): void => {
          const { isEmpty, end } = buffer;
          if (isEmpty && end === undefined) return;
          buffer.onChange = noop;
          if (!isEmpty) buffer.flush((text) => controller.enqueue(encoder.encode(text)));
          else if (end === 'complete') controller.close();
          else controller.error(new Error('the answer was stopped'));
        };
        buffer.onChange = serve;
        serve();
      },
      cancel: () => buffer.cancel(),
    },
    { highWaterMark: 0 },
  );
}
