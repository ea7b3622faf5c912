import { left, right } from 'fp-ts/Either';
import { chunkOf, finishOf, reasoningOf, toolCallPiecesOf, usageOf } from 'rxjs-chat-completions/testing';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { decodeChunk, type Decoded } from '../../lib/decode/decode';
import { markedChunk } from '../../lib/codec/mark';
import { BadJson } from '../../lib/errors';

/** What a server writes, as `chatCompletion$` emits it: parsed and decoded. */
export const decoded = (written: object): Decoded<ChatCompletionChunk> =>
  decodeChunk(JSON.stringify(written));

/** A chunk that goes on with the first choice. */
export const deltaOf = (delta: object): Decoded<ChatCompletionChunk> =>
  decoded({ choices: [{ index: 0, delta }] });

/** A tool call in three pieces: its name, and its arguments in two. */
const [callName, callArguments, callEnd] = toolCallPiecesOf(
  { name: 'weather', arguments: '{"city":"Oslo"}' },
  ['{"city":', '"Oslo"}'],
) as unknown as readonly [object, object, object];

/** Why a chunk could not be read. */
export const badJson = new BadJson('{"cho');

/**
 * What the letters of a marble diagram stand for, wherever chunks flow.
 *
 * Small letters are what a server writes, capitals are this library's own.
 */
export const said = {
  /** The role, and no text yet. */
  r: deltaOf({ role: 'assistant', content: '' }),
  /** Text that is `null`. */
  z: deltaOf({ content: null }),
  h: decoded(chunkOf('Hel')),
  l: decoded(chunkOf('lo')),
  /** Text of the second choice. */
  o: decoded(chunkOf('Moi', { choice: 1 })),
  /** What the model thinks. */
  t: decoded(reasoningOf('Hm')),
  s: decoded(reasoningOf(', so')),
  /** A tool call: its name, the first half of its arguments, the second. */
  c: decoded(callName),
  d: decoded(callArguments),
  e: decoded(callEnd),
  /** Finish reasons: of an answer, of an answer with tool calls, of one that became too long, of the second choice. */
  f: decoded(finishOf('stop')),
  k: decoded(finishOf('tool_calls')),
  x: decoded(finishOf('length')),
  g: decoded(finishOf('stop', { choice: 1 })),
  /** Usage alone, without choices. */
  u: decoded(usageOf(9, 2)),
  /** A chunk that could not be read. */
  L: left(badJson),
  /** The answer begins anew. */
  R: right(markedChunk({ kind: 'restarted', attempt: 2 })),
  /** The answer is complete, though no finish reason came. */
  E: right(markedChunk({ kind: 'ended-without-reason' })),
};
