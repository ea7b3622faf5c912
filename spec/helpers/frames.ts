import { left, right } from 'fp-ts/Either';
import {
  textChunk,
  finishChunk,
  reasoningChunk,
  toolCallChunks,
  usageChunk,
} from 'rxjs-chat-completions/testing';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { decodeChunk, type Decoded } from '../../lib/decode/decode';
import { markedChunk } from '../../lib/codec/mark';
import { BadJson } from '../../lib/errors';

/** Parses and decodes a chunk, as `chatCompletion$` does. */
export const decoded = (written: object): Decoded<ChatCompletionChunk> =>
  decodeChunk(JSON.stringify(written));

/** Returns a decoded chunk with a delta of the first choice. */
export const deltaOf = (delta: object): Decoded<ChatCompletionChunk> =>
  decoded({ choices: [{ index: 0, delta }] });

/** A tool call in three fragments: its name, and its arguments in two. */
const [callName, callArguments, callEnd] = toolCallChunks({ name: 'weather', arguments: '{"city":"Oslo"}' }, [
  '{"city":',
  '"Oslo"}',
]) as unknown as readonly [object, object, object];

/** The error of a chunk that could not be read. */
export const badJson = new BadJson('{"cho');

/**
 * The letters of marble diagrams of chunks.
 *
 * Small letters are chunks of a server, capitals are those of this library.
 */
export const frames = {
  /** The role, and no text yet. */
  r: deltaOf({ role: 'assistant', content: '' }),
  /** Text that is `null`. */
  z: deltaOf({ content: null }),
  h: decoded(textChunk('Hel')),
  l: decoded(textChunk('lo')),
  /** Text of the second choice. */
  o: decoded(textChunk('Moi', { choice: 1 })),
  /** Reasoning. */
  t: decoded(reasoningChunk('Hm')),
  s: decoded(reasoningChunk(', so')),
  /** A tool call: its name, and its arguments in two fragments. */
  c: decoded(callName),
  d: decoded(callArguments),
  e: decoded(callEnd),
  /** Finish reasons: of an answer, of an answer with tool calls, of one that was cut off, of the second choice. */
  f: decoded(finishChunk('stop')),
  k: decoded(finishChunk('tool_calls')),
  x: decoded(finishChunk('length')),
  g: decoded(finishChunk('stop', { choice: 1 })),
  /** Usage alone, without choices. */
  u: decoded(usageChunk(9, 2)),
  /** A chunk that could not be read. */
  L: left(badJson),
  /** A restart. */
  R: right(markedChunk({ kind: 'restarted', attempt: 2 })),
  /** The end of an answer without a finish reason. */
  E: right(markedChunk({ kind: 'ended-without-reason' })),
};
