import {
  bytesOf,
  textChunk,
  commentFrame,
  doneFrame,
  finishChunk,
  head200,
  responseHead,
  usageChunk,
} from 'rxjs-chat-completions/testing';

/** The letters of marble diagrams of the network: heads, then reads of a stream. */
export const wire = {
  /** The head of a stream, and of JSON. */
  H: head200,
  J: responseHead(200, { 'content-type': 'application/json' }),
  /** Chunks; the letters are those of `frames`. */
  h: bytesOf('Hel'),
  l: bytesOf('lo'),
  f: bytesOf(finishChunk('stop')),
  u: bytesOf(usageChunk(9, 2)),
  o: bytesOf(textChunk('Moi', { choice: 1 })),
  /** `[DONE]`. */
  D: bytesOf(doneFrame()),
  /** A comment, as servers send it to keep a connection alive. */
  c: bytesOf(commentFrame('keep-alive')),
};
