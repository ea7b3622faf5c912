import type { ScriptedToolCall } from '../wire/chunks';
import type { Tokens } from '../wire/DialectBuilders';
import type { ServerFrame } from '../wire/wire';

/**
 * A reply of the scripted model to one request: an answer, an HTTP error, or no connection.
 *
 * A string is an answer with that text. A request without `stream` gets the same reply as one JSON body.
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

/** An answer under status 200, complete or not. */
export interface Answer {
  /** The parts of the answer, in order. */
  readonly parts: readonly Part[];
  /** The finish reason; `null` for an end without one. Default: `tool_calls` after a tool call, else `stop`. */
  readonly finish?: string | null;
  /** Tokens of the prompt and of the answer, sent if the request wants usage. Default: the number of words. */
  readonly usage?: Tokens;
  /** Whether `[DONE]` is sent. Default true. */
  readonly done?: boolean;
  /** Milliseconds before the head, as while a model is loaded. Default 0. */
  readonly headAfterMs?: number;
  /** Milliseconds before each delta. Default: the script's. */
  readonly delayMs?: number;
}

/**
 * A part of an answer.
 *
 * - a string, or `text`: text, one word a delta, or one item of a list a delta
 * - `reasoning`: reasoning, in the same way
 * - `toolCall`: a tool call, in one delta or several, as the server sends it
 * - `cutCharacter`: text whose event arrives in two reads; the first ends inside its first character that is not ASCII
 * - `stall`: milliseconds without data; `Infinity` never ends
 * - `cut`: an early end, of the connection (`'socket'`) or of the body without an error (`'body'`)
 * - `bad`: an event that is not JSON (`'json'`), or JSON that is not a chunk (`'schema'`); more parts may follow
 * - `errorFrame`: an error with this message, as the server sends it in a stream; it ends the answer
 * - `frames`: any frames that the builders create, in one read
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
  | { readonly frames: ServerFrame | readonly ServerFrame[] };

/** An HTTP error. */
export interface HttpFailure {
  /** HTTP status, such as 429. */
  readonly status: number;
  /** The server's message. Default: the status. */
  readonly message?: string;
  /** The server's code, such as `insufficient_quota`. */
  readonly code?: string;
  /** Headers beside the content type, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The complete body, in place of the dialect's. */
  readonly body?: string;
}

/** A server that cannot be reached. */
export interface Unreachable {
  /** The system's code: `ECONNREFUSED`, `ENOTFOUND`, … */
  readonly unreachable: string;
}

/** A request, as the scripted model received it. */
export interface ScriptedRequest {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body; `undefined` if it is missing or not JSON. */
  readonly body: unknown;
  /** Number of chat completion requests before this one. */
  readonly turn: number;
  /** Whether the client aborted the request before the response ended. */
  readonly aborted: boolean;
}

/**
 * The replies of a scripted model.
 *
 * A single reply serves every request. A list has a reply for each request; further requests fail with status 400, so an
 * unexpected request does not go unnoticed. A function returns the reply to a request.
 */
export type Script = Reply | readonly Reply[] | ((request: ScriptedRequest) => Reply);
