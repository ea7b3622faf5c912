import type { Errors } from 'io-ts';

/** Longest piece of a server's own text that an error keeps, in UTF-16 code units. */
const KEPT_TEXT = 2_000;

const cut = (text: string): string => (text.length > KEPT_TEXT ? `${text.slice(0, KEPT_TEXT)}…` : text);

/** What a server's error object says, whatever its shape was; `null` where it says nothing. */
export interface ErrorDetails {
  /** The server's own message. */
  readonly serverMessage: string;
  /** Its code: a word (`model_not_found`), a number or a number as a string; servers differ. */
  readonly code: string | number | null;
  /** Its class of errors, such as `invalid_request_error`. */
  readonly type: string | null;
  /** The request field it complains about. */
  readonly param: string | null;
}

interface Told {
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/**
 * What all errors of this library share.
 *
 * The own fields of each are plain JSON values, so an error can be logged, stored or sent to another
 * process; `cause` is kept for debuggers and is not among them.
 */
abstract class TaggedError extends Error {
  abstract readonly _tag: string;
  /** Whether the same request may well succeed when it is sent again. */
  readonly retryable: boolean;

  constructor(message: string, { retryable = false, cause }: Told = {}) {
    super(cut(message), cause === undefined ? undefined : { cause });
    this.retryable = retryable;
  }

  /** The error as plain data; {@link chatErrorFrom} is the way back. */
  toJSON(): Record<string, unknown> {
    return { ...(this as Readonly<Record<string, unknown>>), name: this.name, message: this.message };
  }
}

/** Each class is named by its tag: bundlers shorten class names, tags stay. */
function tag<Tag extends string>(error: Error, name: Tag): Tag {
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  return name;
}

/**
 * The server could not be reached, or the connection broke.
 *
 * Refused, no such host, reset, TLS; in a browser also an answer that CORS hides, which looks the same from
 * inside the page. Retryable.
 */
export class ConnectionError extends TaggedError {
  readonly _tag = tag(this, 'ConnectionError');
  /** `connect` before the response head, `body` after it. */
  readonly phase: 'connect' | 'body';
  /** The system's code where there is one: `ECONNREFUSED`, `ENOTFOUND`, `UND_ERR_SOCKET`, … */
  readonly code: string | null;

  constructor(
    message: string,
    phase: 'connect' | 'body',
    code: string | null = null,
    cause?: unknown,
    retryable = true,
  ) {
    super(message, { retryable, cause });
    this.phase = phase;
    this.code = code;
  }
}

/** What an {@link HttpError} is made from. */
export interface HttpErrorFields extends ErrorDetails {
  readonly status: number;
  readonly body: string;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
  readonly retryable: boolean;
  /** Default: the status and `serverMessage`. */
  readonly message?: string;
}

/**
 * The server answered with a status other than 2xx.
 *
 * `message` is the status and the message of the server, read from any known shape of an error body, and a hint where the likely
 * mistake is known.
 */
export class HttpError extends TaggedError implements HttpErrorFields {
  readonly _tag = tag(this, 'HttpError');
  readonly status: number;
  readonly serverMessage: string;
  readonly code: string | number | null;
  readonly type: string | null;
  readonly param: string | null;
  /** The body, cut to 2,000 characters. */
  readonly body: string;
  /** The server's id of this request, from `x-request-id` and its like. */
  readonly requestId: string | null;
  /** How long the server asks to wait before another attempt, in milliseconds. */
  readonly retryAfterMs: number | null;

  constructor(fields: HttpErrorFields) {
    super(fields.message ?? withStatus(fields.status, fields.serverMessage), {
      retryable: fields.retryable,
    });
    this.status = fields.status;
    this.serverMessage = cut(fields.serverMessage);
    this.code = fields.code;
    this.type = fields.type;
    this.param = fields.param;
    this.body = cut(fields.body);
    this.requestId = fields.requestId;
    this.retryAfterMs = fields.retryAfterMs;
  }
}

/** A proxy's page names the status itself: '502 Bad Gateway'. */
const withStatus = (status: number, words: string): string =>
  /^\d+\b/.exec(words)?.[0] === String(status) ? words : `${status} ${words}`;

/**
 * The server reported an error under status 200.
 *
 * As a frame in the middle of a stream (llama.cpp, Groq, OpenRouter), or as the whole body (Lemonade). Text
 * that came before it has been delivered.
 */
export class ServerError extends TaggedError implements ErrorDetails {
  readonly _tag = tag(this, 'ServerError');
  readonly serverMessage: string;
  readonly code: string | number | null;
  readonly type: string | null;
  readonly param: string | null;

  /** The JSON that reported the error, cut to 2,000 characters: OpenRouter has the cause in `error.metadata.raw`. */
  readonly body: string;

  constructor(said: ErrorDetails, retryable = false, body = '') {
    super(said.serverMessage, { retryable });
    this.serverMessage = cut(said.serverMessage);
    this.code = said.code;
    this.type = said.type;
    this.param = said.param;
    this.body = cut(body);
  }
}

/** What a {@link ChatTimeoutError} waited for. */
export type TimeoutPhase = 'head' | 'first' | 'idle' | 'total';

/**
 * Nothing came for longer than allowed.
 *
 * Retryable in phase `idle` only. While the first event is awaited a cold server loads its model, letting go has just
 * cancelled that, and asking again would only begin it anew; and who limits the whole does not want it again.
 */
export class ChatTimeoutError extends TaggedError {
  readonly _tag = tag(this, 'ChatTimeoutError');
  readonly phase: TimeoutPhase;
  /** The limit that was passed, in milliseconds. */
  readonly ms: number;

  constructor(phase: TimeoutPhase, ms: number) {
    super(TIMEOUT_WORDS[phase](ms), { retryable: phase === 'idle' });
    this.phase = phase;
    this.ms = ms;
  }
}

const TIMEOUT_WORDS: Readonly<Record<TimeoutPhase, (ms: number) => string>> = {
  head: (ms) => `no response head within ${ms} ms`,
  first: (ms) => `no first event within ${ms} ms`,
  idle: (ms) => `the stream fell silent for ${ms} ms`,
  total: (ms) => `the answer took longer than ${ms} ms`,
};

/**
 * The body ended, but the answer did not: neither a finish reason nor `[DONE]` came.
 *
 * The only sign of a crashed model behind Ollama, which ends the body properly. What came before it has been
 * delivered.
 */
export class TruncatedError extends TaggedError {
  readonly _tag = tag(this, 'TruncatedError');

  constructor(message = 'the stream ended without a finish reason and without [DONE]') {
    super(message, { retryable: true });
  }
}

/** What a {@link LimitError} measures: a line, an event, or an answer that is held whole. */
export type LimitKind = 'line' | 'event' | 'answer';

/** A line, an event or an answer was over its limit; the request was aborted. */
export class LimitError extends TaggedError {
  readonly _tag = tag(this, 'LimitError');
  readonly kind: LimitKind;
  /** The limit, in UTF-16 code units. */
  readonly limit: number;

  constructor(kind: LimitKind, limit: number) {
    super(`${kind} over ${limit} characters`);
    this.kind = kind;
    this.limit = limit;
  }
}

/** The `AbortSignal` of the config was aborted. Unsubscribing says nothing. */
export class AbortedError extends TaggedError {
  readonly _tag = tag(this, 'AbortedError');

  constructor(cause?: unknown) {
    super('aborted by the given signal', { cause });
  }
}

/** The request could not be made: a bad config, a key that was not had, a body that is no JSON. */
export class RequestError extends TaggedError {
  readonly _tag = tag(this, 'RequestError');

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
  }
}

/** The answer is not what was asked for: HTML, another content type, an empty body, JSON of another kind. */
export class ProtocolError extends TaggedError {
  readonly _tag = tag(this, 'ProtocolError');
  /** The beginning of the body, cut to 2,000 characters. */
  readonly body: string;

  constructor(message: string, body = '') {
    super(message);
    this.body = cut(body);
  }
}

/** A payload that is not JSON. In band: the stream goes on. */
export class BadJson extends TaggedError {
  readonly _tag = tag(this, 'BadJson');
  /** The payload, cut to 2,000 characters. */
  readonly raw: string;

  constructor(raw: string, cause?: unknown) {
    super(`not JSON: ${raw.length > 80 ? `${raw.slice(0, 80)}…` : raw}`, { cause });
    this.raw = cut(raw);
  }
}

/** A payload that is JSON, but does not fit the codec. In band: the stream goes on. */
export class SchemaMismatch extends TaggedError {
  readonly _tag = tag(this, 'SchemaMismatch');
  /** A line for each misfit: where, what was expected, what was there. */
  readonly issues: readonly string[];
  /** The payload, cut to 2,000 characters. */
  readonly raw: string;
  /** What io-ts reported. Not part of the JSON form: it refers to codecs. */
  declare readonly errors: Errors;

  constructor(issues: readonly string[], raw: string, errors: Errors) {
    super(issues.join('; '));
    this.issues = issues;
    this.raw = cut(raw);
    Object.defineProperty(this, 'errors', { value: errors, enumerable: false });
  }
}

/** A chunk that could not be read; what a `Left` of `chatCompletion$` holds. */
export type ChunkError = BadJson | SchemaMismatch;

/** A fold met a chunk that could not be read, and its policy is to fail. */
export class ChunkFailed extends TaggedError {
  readonly _tag = tag(this, 'ChunkFailed');
  /** The chunk's own error. */
  readonly error: ChunkError;

  constructor(error: ChunkError) {
    super(`a chunk could not be read: ${error.message}`, { cause: error });
    this.error = error;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), error: this.error.toJSON() };
  }
}

/** A tool call names a tool that was not offered. In band: the model is told, and the run goes on. */
export class UnknownTool extends TaggedError {
  readonly _tag = tag(this, 'UnknownTool');
  /** The name that the model used. */
  readonly tool: string;
  /** The names that it may use. */
  readonly known: readonly string[];

  constructor(tool: string, known: readonly string[]) {
    super(`there is no tool named ${JSON.stringify(tool)}; the tools are: ${known.join(', ') || 'none'}`);
    this.tool = cut(tool);
    this.known = known;
  }
}

/** A tool call was not approved, so the tool was not run. In band: the model is told, and the run goes on. */
export class ToolDenied extends TaggedError {
  readonly _tag = tag(this, 'ToolDenied');
  readonly tool: string;
  /** Why, if a reason was given. */
  readonly reason: string | null;

  constructor(tool: string, reason: string | null = null) {
    super(`the user did not allow ${tool}${reason === null ? '' : `: ${reason}`}`);
    this.tool = tool;
    this.reason = reason === null ? null : cut(reason);
  }
}

/** A tool failed. In band: the model is told, and the run goes on. */
export class ToolFailed extends TaggedError {
  readonly _tag = tag(this, 'ToolFailed');
  readonly tool: string;

  /** @param cause - What the tool threw; its message becomes the message of this error. */
  constructor(tool: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.tool = tool;
  }
}

/** Why a tool call has no result. */
export type ToolFailure = UnknownTool | BadJson | SchemaMismatch | ToolDenied | ToolFailed;

/** Every error that can end a stream of this library; `_tag` tells them apart. */
export type ChatError =
  | ConnectionError
  | HttpError
  | ServerError
  | ChatTimeoutError
  | TruncatedError
  | LimitError
  | AbortedError
  | RequestError
  | ProtocolError
  | ChunkFailed;

type Fields<E> = Omit<E, keyof Error | 'toJSON'> & { readonly message: string };

/** Errors that are values of a stream, and so never end one. */
type InBandError = ChunkError | ToolFailure;
const IN_BAND: ReadonlySet<string> = new Set<InBandError['_tag']>([
  'BadJson',
  'SchemaMismatch',
  'UnknownTool',
  'ToolDenied',
  'ToolFailed',
]);

/** How each error is made again from its JSON form. */
const REVIVE: { readonly [E in ChatError | InBandError as E['_tag']]: (fields: Fields<E>) => E } = {
  ConnectionError: (e) => new ConnectionError(e.message, e.phase, e.code, undefined, e.retryable),
  HttpError: (e) => new HttpError(e),
  ServerError: (e) => new ServerError(e, e.retryable, e.body),
  ChatTimeoutError: (e) => new ChatTimeoutError(e.phase, e.ms),
  TruncatedError: (e) => new TruncatedError(e.message),
  LimitError: (e) => new LimitError(e.kind, e.limit),
  AbortedError: () => new AbortedError(),
  RequestError: (e) => new RequestError(e.message),
  ProtocolError: (e) => new ProtocolError(e.message, e.body),
  ChunkFailed: (e) => new ChunkFailed(chatErrorFrom(e.error) as ChunkError),
  BadJson: (e) => new BadJson(e.raw),
  SchemaMismatch: (e) => new SchemaMismatch(e.issues, e.raw, []),
  UnknownTool: (e) => new UnknownTool(e.tool, e.known),
  ToolDenied: (e) => new ToolDenied(e.tool, e.reason),
  ToolFailed: (e) => new ToolFailed(e.tool, e.message),
};

const REVIVERS = new Map<unknown, (json: unknown) => ChatError | InBandError>(
  Object.entries(REVIVE as Readonly<Record<string, (json: unknown) => ChatError | InBandError>>),
);

/**
 * Whether a value is an error of this library that ended a stream.
 *
 * Asks for the tag rather than the class, so it also knows an error of another copy of this library, such as
 * the CommonJS build beside the ESM one.
 *
 * @example
 * ```ts
 * import { catchError, of, throwError } from 'rxjs';
 * import { chatCompletion$, isChatError, toChatState } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   catchError((e) => (isChatError(e) && e._tag === 'HttpError' && e.status === 404 ? of() : throwError(() => e))),
 *   toChatState(),
 * );
 * ```
 */
export function isChatError(value: unknown): value is ChatError {
  const tagged = value as Partial<ChatError> | null | undefined;
  return value instanceof Error && REVIVERS.has(tagged?._tag) && !IN_BAND.has(tagged?._tag ?? '');
}

/**
 * The error again, from its JSON form.
 *
 * @param json - What `JSON.parse(JSON.stringify(error))` gives.
 * @throws TypeError when `json` is not the JSON form of an error of this library.
 *
 * @example
 * ```ts
 * import { chatErrorFrom, TruncatedError } from 'rxjs-chat-completions';
 *
 * const stored = JSON.stringify(new TruncatedError());
 * const error = chatErrorFrom(JSON.parse(stored));
 * console.assert(error instanceof TruncatedError);
 * ```
 */
export function chatErrorFrom(json: unknown): ChatError | InBandError {
  const tagged = json as { readonly _tag?: unknown } | null;
  const revive = REVIVERS.get(tagged?._tag);
  if (revive === undefined) throw new TypeError('not the JSON form of an error of this library');
  return revive(json);
}
