/**
 * Test kit: a scripted model, builders of server frames, marbles, recordings.
 *
 * @module rxjs-chat-completions/testing
 */

export {
  textChunk,
  finishChunk,
  objectChunks,
  reasoningChunk,
  toolCallChunk,
  toolCallChunks,
  usageChunk,
  type ChunkBuilder,
  type ObjectChunksOptions,
  type ScriptedToolCall,
} from './wire/chunks';
export {
  bytesOf,
  commentFrame,
  doneFrame,
  errorFrame,
  eventFrame,
  rawBytesOf,
  rawFrame,
  type ServerFrame,
  type Wire,
} from './wire/wire';
export { head200, responseHead } from './wire/heads';
export { dialect, type DialectName } from './wire/dialect';
export type { Dialect, DialectContext, Tokens, CompleteAnswer } from './wire/DialectBuilders';

export type { Answer, Part, HttpFailure, Reply, Script, ScriptedRequest, Unreachable } from './script/Reply';
export type { ScriptOptions } from './script/respond';
export { scriptedTransport } from './script/scriptedTransport';
export type { ScriptedTransport } from './script/requests';
export { scriptedFetch, type ScriptedFetch } from './script/scriptedFetch';
export { demoModel } from './script/demoModel';
export { marbleTransport, type MarbleTransport, type MarbleValue } from './marbles/marbleTransport';
export { assertMarbles } from './marbles/assertMarbles';
export { recordTransport, type RecordOptions } from './tape/recordTransport';
export { replayTransport, type ReplayOptions } from './tape/replayTransport';
export { tapeOf, tapeText, type Tape, type TapeRead } from '../tape/tape';
