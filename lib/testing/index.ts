/**
 * For the specs of people who use this library: a scripted model, what servers say, marbles, recordings.
 *
 * @module rxjs-chat-completions/testing
 */

export {
  chunkOf,
  finishOf,
  reasoningOf,
  toolCallOf,
  toolCallPiecesOf,
  usageOf,
  type ChunkBuilder,
  type ScriptedToolCall,
} from './wire/chunks';
export {
  bytesOf,
  commentOf,
  doneOf,
  errorFrameOf,
  eventOf,
  rawBytesOf,
  rawOf,
  type Said,
  type Wire,
} from './wire/wire';
export { head200, headOf } from './wire/heads';
export { dialect, type DialectName } from './wire/dialect';
export type { Dialect, Speaker, Tokens, WholeAnswer } from './wire/DialectBuilders';

export type { Answer, Part, Refusal, Reply, Script, ScriptedRequest, Unreachable } from './script/Reply';
export type { ScriptOptions } from './script/answers';
export { scriptedTransport } from './script/scriptedTransport';
export type { ScriptedTransport } from './script/requests';
export { scriptedFetch, type ScriptedFetch } from './script/scriptedFetch';
export { demoModel } from './script/demoModel';
export { marbleTransport, type MarbleTransport, type Sent } from './marbles/marbleTransport';
export { assertMarbles } from './marbles/assertMarbles';
export { recordTransport, type RecordOptions } from './tape/recordTransport';
export { replayTransport, type ReplayOptions } from './tape/replayTransport';
export { tapeOf, tapeText, type Tape, type TapeRead } from './tape/tape';
