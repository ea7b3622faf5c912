import type { ScriptedToolCall } from '../wire/chunks';
import type { Tokens } from '../wire/DialectBuilders';
import type { ServerFrame } from '../wire/wire';

/**
 * What the scripted model does with one request: answers, refuses, or is not there.
 *
 * A string is an answer of that text. A request that asks for no stream gets the same reply in one piece.
 *
 * @example
 * ```ts
 * import { scriptedFetch } from 'rxjs-chat-completions/testing';
 *
 * scriptedFetch([
 *   { unreachable: 'ECONNREFUSED' },
 *   { status: 429, message: 'Too many requests', headers: { 'retry-after': '2' } },
 *   { parts: [{ reasoning: 'A greeting.' }, 'Hello ', { stall: 2_000 }, 'there'], usage: [9, 2] },
 *   'Hello again',
 * ]);
 * ```
 */
export type Reply = string | Answer | HttpFailure | Unreachable;

/** An answer under status 200, whole or not. */
export interface Answer {
  /** What comes, in this order. */
  readonly parts: readonly Part[];
  /** Why it ends; `null` for an end without a reason. Default: `tool_calls` after a tool call, else `stop`. */
  readonly finish?: string | null;
  /** Tokens of the question and of the answer; sent when the request asks for them. Default: their words, counted. */
  readonly usage?: Tokens;
  /** Whether `[DONE]` is sent. Default true. */
  readonly done?: boolean;
  /** Milliseconds before the head, as while a cold model loads. Default 0. */
  readonly headAfterMs?: number;
  /** Milliseconds before each piece. Default: the script's. */
  readonly delayMs?: number;
}

/**
 * One thing in an answer.
 *
 * - a string, or `text`: text, a word at a time, or in the pieces of a list;
 * - `reasoning`: what the model thinks, in the same way;
 * - `toolCall`: a call, whole or in pieces as the server does it;
 * - `cutCharacter`: text whose event comes in two reads, the first ending inside its first character that is not ASCII;
 * - `stall`: silence for so many milliseconds, `Infinity` for ever;
 * - `cut`: the end, before its time: of the connection (`'socket'`), or of a body that ends properly (`'body'`);
 * - `bad`: a chunk that is no JSON, or JSON that is no chunk (`'schema'`); more may follow;
 * - `errorFrame`: an error in the server's words, and the end it makes of the answer;
 * - `said`: anything the builders make, in one read.
 */
export type Part =
  | string
  | { readonly text: string | readonly string[] }
  | { readonly reasoning: string | readonly string[] }
  | { readonly toolCall: ScriptedToolCall }
  | { readonly cutCharacter: string }
  | { readonly stall: number }
  | { readonly cut: 'socket' | 'body' }
  | { readonly bad: 'json' | 'schema' }
  | { readonly errorFrame: string }
  | { readonly said: ServerFrame | readonly ServerFrame[] };

/** An HTTP error. */
export interface HttpFailure {
  readonly status: number;
  /** The server's message. Default: the status. */
  readonly message?: string;
  /** The server's code, such as `insufficient_quota`. */
  readonly code?: string;
  /** Headers beside the content type, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The whole body, in place of the dialect's. */
  readonly body?: string;
}

/** No answer: the server cannot be reached. */
export interface Unreachable {
  /** The system's code: `ECONNREFUSED`, `ENOTFOUND`, … */
  readonly unreachable: string;
}

/** A request, as the scripted model got it. */
export interface ScriptedRequest {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body; `undefined` where there is none, or none that parses. */
  readonly body: unknown;
  /** How many chat completions were asked for before this request. */
  readonly turn: number;
  /** Whether the client let go before the answer had ended. */
  readonly aborted: boolean;
}

/**
 * What the scripted model answers.
 *
 * One reply answers every request. A list answers by turn, and once it is used up refuses with status 400, so that a
 * request nobody expected does not pass unnoticed. A function decides by the request.
 */
export type Script = Reply | readonly Reply[] | ((request: ScriptedRequest) => Reply);
