import type { Head } from '../../transport/transport';
import type { ScriptedToolCall } from './chunks';
import type { Said } from './wire';

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
  readonly head: Head;
  /** Text of the answer. */
  readonly chunkOf: (text: string) => readonly Said[];
  /** What the model thinks; nothing from a server that keeps it to itself. */
  readonly reasoningOf: (text: string) => readonly Said[];
  /** A tool call, whole or in pieces. */
  readonly toolCallOf: (call: ScriptedToolCall) => readonly Said[];
  /** The same things at the beginning of an answer: with the role, and whatever this server sends before it. */
  readonly firstOf: (said: readonly Said[]) => readonly Said[];
  /** The end of an answer, and the usage where this server puts it. `[DONE]` is not part of it. */
  readonly finishOf: (reason: string, usage?: Tokens) => readonly Said[];
  /** What becomes of an error after the first byte, to the end of the body. */
  readonly errorFrameOf: (words: string) => readonly Said[];
  /** The JSON body of an HTTP error. */
  readonly errorOf: (status: number, words: string, code?: string) => unknown;
  /** The JSON body of an answer that is not streamed. */
  readonly completionOf: (answer: WholeAnswer) => unknown;
}

/** Who is speaking: the model that was asked for, and how many answers there were before. */
export interface Speaker {
  readonly model: string;
  readonly turn: number;
}
