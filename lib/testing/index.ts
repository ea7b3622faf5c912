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
} from './chunks';
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
} from './wire';
export { head200, headOf } from './heads';
export {
  dialect,
  type Dialect,
  type DialectName,
  type Speaker,
  type Tokens,
  type WholeAnswer,
} from './Dialect';

export type { Answer, Part, Refusal, Reply, Script, ScriptedRequest, Unreachable } from './Reply';
export type { ScriptOptions } from './answers';
export { scriptedTransport } from './scriptedTransport';
export type { ScriptedTransport } from './requests';
export { scriptedFetch, type ScriptedFetch } from './scriptedFetch';
export { demoModel } from './demoModel';
export { marbleTransport, type MarbleTransport, type Sent } from './marbleTransport';
export { assertMarbles } from './assertMarbles';
export { recordTransport, type RecordOptions } from './recordTransport';
export { replayTransport, type ReplayOptions } from './replayTransport';
export { tapeOf, tapeText, type Tape, type TapeRead } from './tape';
