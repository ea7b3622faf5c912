/**
 * Creates a `fetch` that responds with a stream. It provides a read when one is requested, so only the subject reads ahead.
 *
 * @param stream - The result of `streamOf`.
 * @param onRead - Called before each read with the number of earlier reads.
 * @returns {typeof fetch}
 */
export function fetchOf(stream, onRead = () => undefined) {
  return async () => {
    const reads = stream.reads();
    let count = 0;
    const body = new ReadableStream(
      {
        pull(controller) {
          onRead(count++);
          const { done, value } = reads.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { headers: { 'content-type': stream.contentType } });
  };
}
