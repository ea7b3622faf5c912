import type { ResponseHead } from '../../transport/transport';
import type { ScriptedToolCall } from './chunks';
import type { ServerFrame } from './wire';

/** Token counts of the prompt and of the answer. */
export type Tokens = readonly [prompt: number, completion: number];

/** A complete answer, independent of any server's format. */
export interface CompleteAnswer {
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ScriptedToolCall[];
  readonly finish: string | null;
  readonly usage: Tokens;
}

/**
 * The builders of one server's format.
 *
 * Each builder returns the frames that the server sends, which may be several chunks, or none. The shapes are those of
 * recorded responses; ids, names and numbers are made up.
 */
export interface Dialect {
  /** The head of a streamed response. */
  readonly head: ResponseHead;
  /** Builds text of the answer. */
  readonly textChunk: (text: string) => readonly ServerFrame[];
  /** Builds reasoning. Returns nothing for a server that does not send it. */
  readonly reasoningChunk: (text: string) => readonly ServerFrame[];
  /** Builds a tool call, in one delta or several. */
  readonly toolCallChunk: (call: ScriptedToolCall) => readonly ServerFrame[];
  /** Adds the role and the server's first chunks to the first frames of an answer. */
  readonly openingChunks: (frames: readonly ServerFrame[]) => readonly ServerFrame[];
  /** Builds the end of an answer, with the usage where the server puts it. `[DONE]` is not included. */
  readonly finishChunk: (reason: string, usage?: Tokens) => readonly ServerFrame[];
  /** Builds an error after the first byte, up to the end of the body. */
  readonly errorFrame: (message: string) => readonly ServerFrame[];
  /** Builds the JSON body of an HTTP error. */
  readonly errorBody: (status: number, message: string, code?: string) => unknown;
  /** Builds the JSON body of a response without streaming. */
  readonly completion: (answer: CompleteAnswer) => unknown;
}

/** Fields of a response that follow from the request: the model, and the number of earlier responses, which ids contain. */
export interface DialectContext {
  readonly model: string;
  readonly turn: number;
}
