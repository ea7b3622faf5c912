import type { ResponseHead } from '../../transport/transport';
import type { ScriptedToolCall } from './chunks';
import type { ServerFrame } from './wire';

/** Counted tokens: of the question, then of the answer. */
export type Tokens = readonly [prompt: number, completion: number];

/** A whole answer, before it is put in a server's words. */
export interface WholeAnswer {
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ScriptedToolCall[];
  readonly finish: string | null;
  readonly usage: Tokens;
}

/**
 * How one server spells what all servers say.
 *
 * Each builder gives what that server sends for it, which may be several chunks, or none. The shapes are those
 * of recorded answers; ids, names and numbers are our own.
 */
export interface Dialect {
  /** The head of a streamed answer. */
  readonly head: ResponseHead;
  /** Text of the answer. */
  readonly textChunk: (text: string) => readonly ServerFrame[];
  /** What the model thinks; nothing from a server that keeps it to itself. */
  readonly reasoningChunk: (text: string) => readonly ServerFrame[];
  /** A tool call, whole or in pieces. */
  readonly toolCallChunk: (call: ScriptedToolCall) => readonly ServerFrame[];
  /** The same things at the beginning of an answer: with the role, and whatever this server sends before it. */
  readonly openingChunks: (said: readonly ServerFrame[]) => readonly ServerFrame[];
  /** The end of an answer, and the usage where this server puts it. `[DONE]` is not part of it. */
  readonly finishChunk: (reason: string, usage?: Tokens) => readonly ServerFrame[];
  /** What becomes of an error after the first byte, to the end of the body. */
  readonly errorFrame: (message: string) => readonly ServerFrame[];
  /** The JSON body of an HTTP error. */
  readonly errorBody: (status: number, message: string, code?: string) => unknown;
  /** The JSON body of an answer that is not streamed. */
  readonly completion: (answer: WholeAnswer) => unknown;
}

/** Who is speaking: the model that was asked for, and how many answers there were before. */
export interface DialectContext {
  readonly model: string;
  readonly turn: number;
}
