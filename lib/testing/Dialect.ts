import type { Head } from '../body/transport';
import { azure } from './dialects/azure';
import { deepseek } from './dialects/deepseek';
import { groq } from './dialects/groq';
import { llamaCpp } from './dialects/llamaCpp';
import { mistral } from './dialects/mistral';
import { ollama } from './dialects/ollama';
import { openai } from './dialects/openai';
import { openrouter } from './dialects/openrouter';
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

const DIALECTS: Readonly<Record<DialectName, (speaker: Speaker) => Dialect>> = {
  ollama,
  openai,
  'llama.cpp': llamaCpp,
  openrouter,
  azure,
  groq,
  deepseek,
  mistral,
};

/** A server whose way of saying things is known. */
export type DialectName =
  'ollama' | 'openai' | 'llama.cpp' | 'openrouter' | 'azure' | 'groq' | 'deepseek' | 'mistral';

/**
 * The builders of one server.
 *
 * Compatible servers agree on little: where the role stands, how reasoning is called, whether a tool call
 * comes whole, which chunk has the usage, what an error looks like. A spec in the dialect of the server you
 * deploy on finds out what your code takes for granted.
 *
 * @param speaker - The name of the model, `scripted` by default, and the number of the answer, which ids are made of.
 *
 * @example Azure, whose first chunk has no choices and no id
 * ```ts
 * import { of } from 'rxjs';
 * import type { Transport } from 'rxjs-chat-completions';
 * import { bytesOf, dialect, doneOf } from 'rxjs-chat-completions/testing';
 *
 * const { head, firstOf, chunkOf, finishOf } = dialect('azure');
 * const hello: Transport = () =>
 *   of(head, bytesOf(...firstOf(chunkOf('Hel'))), bytesOf(...chunkOf('lo'), ...finishOf('stop', [9, 2]), doneOf()));
 * ```
 */
export const dialect = (
  name: DialectName,
  { model = 'scripted', turn = 0 }: Partial<Speaker> = {},
): Dialect => DIALECTS[name]({ model, turn });
