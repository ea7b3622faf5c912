export {
  chunkOf,
  finishOf,
  reasoningOf,
  toolCallOf,
  toolCallPiecesOf,
  usageOf,
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
export { scriptedTransport, type ScriptedTransport } from './scriptedTransport';
export { scriptedFetch, type ScriptedFetch } from './scriptedFetch';
export { demoModel } from './demoModel';
