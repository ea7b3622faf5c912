import {
  bytesOf,
  chunkOf,
  commentOf,
  doneOf,
  finishOf,
  head200,
  headOf,
  usageOf,
} from 'rxjs-chat-completions/testing';

/** What the letters of a marble diagram stand for, where the network is one: heads, then reads of a stream. */
export const wire = {
  /** The head of a stream, and of JSON. */
  H: head200,
  J: headOf(200, { 'content-type': 'application/json' }),
  /** Chunks; the letters are those of `said`. */
  h: bytesOf('Hel'),
  l: bytesOf('lo'),
  f: bytesOf(finishOf('stop')),
  u: bytesOf(usageOf(9, 2)),
  o: bytesOf(chunkOf('Moi', { choice: 1 })),
  /** `[DONE]`. */
  D: bytesOf(doneOf()),
  /** A comment, as servers send it to keep a connection alive. */
  c: bytesOf(commentOf('keep-alive')),
};
