/**
 * A `fetch` that answers with a stream, a read each time one is asked for: nothing is read ahead but by the subject.
 *
 * @param stream - As `streamOf` makes it.
 * @param onRead - Told before each read how many there have been.
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
