import { eventsOf } from './events.mjs';

/** Maximum number of events kept in memory. A longer stream repeats them. */
const BLOCK = 20_000;

/**
 * Returns a generated stream, split into reads.
 *
 * @param {{ kind: string, events: number, read: number | 'event' }} options - `kind` names the stream, `events` is the
 * length of its long part (above 20,000 a multiple of that), `read` the bytes of a read.
 */
export function streamOf({ kind, events, read }) {
  const times = Math.ceil(events / BLOCK);
  if (events % times !== 0) throw new Error(`${events} events are no multiple of ${BLOCK}`);
  const { head, block, tail, text, arguments: args = [] } = eventsOf[kind](events / times);
  const long = cut(block, read);
  // Only bytes are kept, which are outside the measured heap. The text of the events is garbage from here on.
  const parts = [cut(head, read), ...Array(times).fill(long), cut(tail, read)];
  const payloads = head.length + events + tail.length;

  return {
    contentType: kind === 'ollama' ? 'application/x-ndjson' : 'text/event-stream',
    *reads() {
      for (const { reads } of parts) yield* reads;
    },
    /** Returns the number of reads that contain this many events completely. */
    readsUntil(count) {
      let reads = 0;
      for (const part of parts) {
        if (count <= part.readOf.length) return reads + (count === 0 ? 0 : part.readOf[count - 1] + 1);
        count -= part.readOf.length;
        reads += part.reads.length;
      }
      return reads;
    },
    /** The counts of the complete stream. */
    expected: {
      bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
      payloads,
      // `[DONE]` is a payload, but not a chunk.
      chunks: kind === 'ollama' ? payloads : payloads - 1,
      ...carried(text, times),
    },
    /** The counts of the arguments of its tool call. */
    expectedArguments: carried(args, times),
  };
}

const carried = (texts, times) => ({
  characters: texts.reduce((sum, { length }) => sum + length, 0) * times,
  text: () => texts.join('').repeat(times),
});

/** Splits events into reads, and returns the read in which each event ends. */
function cut(events, size) {
  const encoded = events.map((event) => new TextEncoder().encode(event));
  const bytes = encoded.reduce((sum, { length }) => sum + length, 0);
  if (size === 'event') return { reads: encoded, readOf: Uint32Array.from(encoded.keys()), bytes };

  const block = new Uint8Array(bytes);
  const readOf = new Uint32Array(events.length);
  let end = 0;
  encoded.forEach((event, i) => {
    block.set(event, end);
    end += event.length;
    readOf[i] = Math.ceil(end / size) - 1;
  });
  const reads = Array.from({ length: Math.ceil(bytes / size) }, (_, i) =>
    block.subarray(i * size, (i + 1) * size),
  );
  return { reads, readOf, bytes };
}
