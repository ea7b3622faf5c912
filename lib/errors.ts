import type { Errors } from 'io-ts';

// One file over 250 lines: every other file imports it, and beside its doc comments each class is a few lines.

/** Longest text from a server that an error keeps, in UTF-16 code units. */
const KEPT_TEXT = 2_000;

/** Cuts a text, between two characters: half a surrogate pair cannot be sent as UTF-8. */
export const cut = (text: string, length = KEPT_TEXT): string =>
  text.length > length ? `${text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')}…` : text;

/** Fields of a server's error object, read from any of its known shapes; `null` where the server sends none. */
export interface ErrorDetails {
  /** The message of the server. */
  readonly serverMessage: string;
  /** The code of the server: a name (`model_not_found`), a number, or a number as a string. */
  readonly code: string | number | null;
  /** The class of the error, such as `invalid_request_error`. */
  readonly type: string | null;
  /** The request field that the server rejects. */
  readonly param: string | null;
}

interface CauseOptions {
  readonly cause?: unknown;
}

interface TaggedErrorOptions extends CauseOptions {
  readonly retryable?: boolean;
}

/**
 * The base class of all errors of this library.
 *
 * The own fields of an error are plain JSON values, so it can be logged, stored or sent to another process. `cause` is for
 * debuggers and not part of the JSON form.
 */
abstract class TaggedError extends Error {
  abstract readonly _tag: string;
  /** Whether the same request may succeed when it is sent again. */
  readonly retryable: boolean;

  /** @param options - The cause, and whether the error is retryable. Default: it is not. */
  constructor(message: string, { retryable = false, cause }: TaggedErrorOptions = {}) {
    super(cut(message), cause === undefined ? undefined : { cause });
    this.retryable = retryable;
  }

  /** The tag: bundlers shorten the names of classes. */
  override get name(): string {
    return this._tag;
  }

  /** Returns the error as plain data, which {@link chatErrorFrom} reads. */
  toJSON(): Record<string, unknown> {
    // These two first: a log or the inspector may show only the beginning.
    const { _tag, message, name } = this;
    return { _tag, message, ...(this as Readonly<Record<string, unknown>>), name };
  }
}

/**
 * The server could not be reached, or the connection broke.
 *
 * Refused, unknown host, reset, TLS. In a browser also a response that CORS withholds, which a page cannot distinguish from the
 * others. Retryable, except a blocked port, a certificate that is not accepted, and http in the place of https.
 */
export class ConnectionError extends TaggedError {
  readonly _tag = 'ConnectionError';
  /** `connect` until the response head, `body` after it. */
  readonly phase: 'connect' | 'body';
  /** The code of the system, if there is one: `ECONNREFUSED`, `ENOTFOUND`, `UND_ERR_SOCKET`, … */
  readonly code: string | null;

  /** @param options - The cause, and whether the error is retryable. Default: it is. */
  constructor(
    message: string,
    phase: 'connect' | 'body',
    code: string | null = null,
    options?: TaggedErrorOptions,
  ) {
    super(message, { retryable: true, ...options });
    this.phase = phase;
    this.code = code;
  }
}

/** Rate limits of an account, as the headers of a response report them; `null` for a limit that they do not. */
export interface RateLimit {
  readonly requests: RateLimitWindow | null;
  readonly tokens: RateLimitWindow | null;
}

/** A rate limit in its current window; `null` for a value that the server does not send. */
export interface RateLimitWindow {
  /** Maximum in a window. */
  readonly limit: number | null;
  /** Amount left in the current window. */
  readonly remaining: number | null;
  /** Milliseconds until `remaining` is `limit` again. */
  readonly resetMs: number | null;
}

/** Fields of a {@link ServerError}. The default of those of {@link ErrorDetails} is `null`. */
export interface ServerErrorFields extends Partial<ErrorDetails> {
  readonly serverMessage: string;
  /** Default: `serverMessage`. */
  readonly message?: string;
  /** Default `''`. */
  readonly body?: string;
  /** Default `null`. */
  readonly retryAfterMs?: number | null;
  /** Default false. */
  readonly retryable?: boolean;
}

/** Fields of an {@link HttpError}. */
export interface HttpErrorFields extends ServerErrorFields {
  readonly status: number;
  /** Default: the status and `serverMessage`. */
  readonly message?: string;
  /** Default `null`. */
  readonly requestId?: string | null;
  /** Default `null`. */
  readonly rateLimit?: RateLimit | null;
}

/** An error that the server reported, with what it sent. */
abstract class ReportedError extends TaggedError implements ErrorDetails {
  readonly serverMessage: string;
  readonly code: string | number | null;
  readonly type: string | null;
  readonly param: string | null;
  /** The text that reported the error, cut to 2,000 characters: OpenRouter has the cause in `error.metadata.raw`. */
  readonly body: string;
  /** Milliseconds to wait before the next attempt, as the server requests; `null` if it requests none. */
  readonly retryAfterMs: number | null;

  constructor(fields: ServerErrorFields) {
    const { serverMessage, message = serverMessage, retryable } = fields;
    super(message, { retryable });
    this.serverMessage = cut(serverMessage);
    this.code = fields.code ?? null;
    this.type = fields.type ?? null;
    this.param = fields.param ?? null;
    this.body = cut(fields.body ?? '');
    this.retryAfterMs = fields.retryAfterMs ?? null;
  }
}

/**
 * The response has a status other than 2xx.
 *
 * `message` is the status and the message of the server, read from any known shape of an error body, and a hint where the likely
 * mistake is known.
 */
export class HttpError extends ReportedError implements HttpErrorFields {
  readonly _tag = 'HttpError';
  readonly status: number;
  /** The server's id of this request, from `x-request-id` or a header like it. */
  readonly requestId: string | null;
  /** Rate limits of the account, if the response has their headers. */
  readonly rateLimit: RateLimit | null;

  constructor(fields: HttpErrorFields) {
    const { status, serverMessage, message = withStatus(status, serverMessage) } = fields;
    super({ ...fields, message });
    this.status = status;
    this.requestId = fields.requestId ?? null;
    this.rateLimit = fields.rateLimit ?? null;
  }
}

/** Prepends the status, unless the message begins with it as the page of a proxy does: '502 Bad Gateway'. */
const withStatus = (status: number, message: string): string =>
  new RegExp(`^${status}\\b`).test(message) ? message : `${status} ${message}`;

/**
 * The server reported an error under status 200.
 *
 * As an event of a stream (llama.cpp, Groq, OpenRouter), or as the complete body (Lemonade). Text received before it has
 * been emitted.
 */
export class ServerError extends ReportedError {
  readonly _tag = 'ServerError';
}

/** The part of a call that a {@link ChatTimeoutError} limits. */
export type TimeoutPhase = 'head' | 'first' | 'idle' | 'total';

/**
 * A timeout of the call was reached.
 *
 * Retryable in phase `idle` only. Until the first event a cold server loads its model; the abort cancels the loading, and
 * another request would start it from the beginning. A limit on the total time leaves none for another attempt.
 */
export class ChatTimeoutError extends TaggedError {
  readonly _tag = 'ChatTimeoutError';
  readonly phase: TimeoutPhase;
  /** The limit, in milliseconds. */
  readonly ms: number;

  /**
   * @param ms - The limit, in milliseconds.
   * @param message - Default: the limit that was reached, and what to do.
   */
  constructor(phase: TimeoutPhase, ms: number, message = timeoutMessage(phase, ms)) {
    super(message, { retryable: phase === 'idle' });
    this.phase = phase;
    this.ms = ms;
  }
}

/** The texts before and after the limit in the message of a phase: what happened, and what to do. */
const TIMEOUT_TEXTS: Readonly<Record<TimeoutPhase, readonly [reached: string, cure: string]>> = {
  head: [
    'no response head within',
    'the model may still load or read a long prompt, raise the timeouts `head` and `first`',
  ],
  first: [
    'no first event within',
    'the model may still load or read a long prompt, raise the timeout `first`',
  ],
  idle: ['the stream was idle for', 'the model or a proxy has stalled; retry, or raise the timeout `idle`'],
  total: ['the answer took longer than', 'raise the timeout `total`, or lower max_tokens'],
};

function timeoutMessage(phase: TimeoutPhase, ms: number): string {
  const [reached, cure] = TIMEOUT_TEXTS[phase];
  return `${reached} ${ms} ms: ${ms > 0 ? cure : 'set Infinity for no limit'}`;
}

/**
 * The body ended without a finish reason and without `[DONE]`.
 *
 * When a model crashes, Ollama ends the body without an error, so this is the only evidence. Text received before it has been
 * emitted.
 */
export class TruncatedError extends TaggedError {
  readonly _tag = 'TruncatedError';

  constructor(
    message = 'the stream ended without a finish reason and without [DONE]: retry, or read the log of the server or proxy',
  ) {
    super(message, { retryable: true });
  }
}

/** The unit that a {@link LimitError} limits: a line, an event, or an answer that is buffered until its end. */
export type LimitKind = 'line' | 'event' | 'answer';

/** A line, an event or an answer exceeded its limit, and the request was aborted. */
export class LimitError extends TaggedError {
  readonly _tag = 'LimitError';
  readonly kind: LimitKind;
  /** The limit, in UTF-16 code units. */
  readonly limit: number;

  constructor(kind: LimitKind, limit: number) {
    super(`the ${kind} is over ${limit} characters: raise limits.${kind}`);
    this.kind = kind;
    this.limit = limit;
  }
}

/** The `AbortSignal` of the config, or one of your own `fetch`, was aborted. Unsubscribing causes no error. */
export class AbortedError extends TaggedError {
  readonly _tag = 'AbortedError';

  constructor(options?: CauseOptions) {
    super('aborted by the given signal', options);
  }
}

/** The request could not be made: an invalid config, a key that could not be read, a body that is not JSON. */
export class RequestError extends TaggedError {
  readonly _tag = 'RequestError';
}

/** The response is not of the expected kind: HTML, another content type, an empty body, other JSON. */
export class ProtocolError extends TaggedError {
  readonly _tag = 'ProtocolError';
  /** The beginning of the body, cut to 2,000 characters. */
  readonly body: string;

  constructor(message: string, body = '') {
    super(message);
    this.body = cut(body);
  }
}

/** A payload that is not JSON. The stream continues after it. */
export class BadJson extends TaggedError {
  readonly _tag = 'BadJson';
  /** The payload, cut to 2,000 characters. */
  readonly raw: string;

  constructor(raw: string, options?: CauseOptions) {
    super(`not JSON: ${cut(raw, 80) || 'an empty text'}`, options);
    this.raw = cut(raw);
  }
}

/** A payload that is JSON but does not fit the codec. The stream continues after it. */
export class SchemaMismatch extends TaggedError {
  readonly _tag = 'SchemaMismatch';
  /** The first few misfits, a line each: path, expected type, received value. */
  readonly issues: readonly string[];
  /** The payload, cut to 2,000 characters. */
  readonly raw: string;
  /** The errors of io-ts. Not part of the JSON form, since they refer to codecs. */
  declare readonly errors: Errors;

  constructor(issues: readonly string[], raw: string, errors: Errors) {
    super(issues.join('; '));
    this.issues = issues;
    this.raw = cut(raw);
    Object.defineProperty(this, 'errors', { value: errors, enumerable: false });
  }
}

/** The error of a payload that could not be decoded: the `Left` of a decoded chunk. */
export type ChunkError = BadJson | SchemaMismatch;

/** A payload could not be decoded, and the policy of the operator is to fail. */
export class ChunkFailed extends TaggedError {
  readonly _tag = 'ChunkFailed';
  /** The error of the payload. */
  readonly error: ChunkError;

  constructor(error: ChunkError) {
    super(`a chunk could not be decoded: ${error.message}; orSkip or onChunkError can leave it out`, {
      cause: error,
    });
    this.error = error;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), error: this.error.toJSON() };
  }
}

/** A tool call names a tool that is not in the request. The model receives the error and the run continues. */
export class UnknownTool extends TaggedError {
  readonly _tag = 'UnknownTool';
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

/** A tool call was not approved, so the tool was not run. The model receives the error and the run continues. */
export class ToolDenied extends TaggedError {
  readonly _tag = 'ToolDenied';
  readonly tool: string;
  /** The reason, if there is one. */
  readonly reason: string | null;

  constructor(tool: string, reason: string | null = null) {
    super(`the user did not allow ${tool}${reason === null ? '' : `: ${reason}`}`);
    this.tool = tool;
    this.reason = reason === null ? null : cut(reason);
  }
}

/** A tool failed. The model receives the error and the run continues. */
export class ToolFailed extends TaggedError {
  readonly _tag = 'ToolFailed';
  readonly tool: string;

  /** @param cause - The thrown value; its message becomes the message of this error. */
  constructor(tool: string, cause: unknown) {
    super(messageOf(cause), { cause });
    this.tool = tool;
  }
}

/** The errors of a tool call without a result. */
export type ToolFailure = UnknownTool | BadJson | SchemaMismatch | ToolDenied | ToolFailed;

/**
 * The answer ended before its JSON was complete: at the token limit, by a filter, or because it was stopped.
 *
 * The stream continues after it. The value received so far is in the `partial` beside it.
 */
export class CutOffError extends TaggedError {
  readonly _tag = 'CutOffError';
  /** Why the model ended: `length`, `content_filter`, …; `null` if the stream was stopped before it did. */
  readonly finishReason: string | null;
  /** The text so far, cut to 2,000 characters. */
  readonly text: string;

  constructor(finishReason: string | null, text: string) {
    super(
      `the answer ended before its JSON was complete (${finishReason ?? 'stopped'}): raise max_tokens if it was reached, else request it again`,
    );
    this.finishReason = finishReason;
    this.text = cut(text);
  }
}

/** The model refused to answer. The stream continues after it. */
export class RefusalError extends TaggedError {
  readonly _tag = 'RefusalError';
  /** The refusal of the model, cut to 2,000 characters. */
  readonly refusal: string;

  constructor(refusal: string) {
    super(`the model refused: ${refusal}`);
    this.refusal = cut(refusal);
  }
}

/** The errors of an answer that is not the requested value: the `Left` of `structured` and `elements`. */
export type OutputError = CutOffError | RefusalError | BadJson | SchemaMismatch;

/**
 * The stored conversation was changed by another tab or process since it was loaded here, so it was not overwritten.
 *
 * `persisted` reports it to `onError`. Load the conversation again to continue from there.
 */
export class StorageConflict extends TaggedError {
  readonly _tag = 'StorageConflict';

  constructor() {
    super('the stored conversation was changed elsewhere, so it was not overwritten: load it again');
  }
}

/** The errors that can end a stream of this library, discriminated by `_tag`. */
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

const CHAT_ERROR_TAGS: { readonly [Tag in ChatError['_tag']]: true } = {
  ConnectionError: true,
  HttpError: true,
  ServerError: true,
  ChatTimeoutError: true,
  TruncatedError: true,
  LimitError: true,
  AbortedError: true,
  RequestError: true,
  ProtocolError: true,
  ChunkFailed: true,
};

/**
 * Returns whether a value is an error that can end a stream of this library.
 *
 * Compares the tag and not the class, so errors of another copy of this library are recognised, such as those of the
 * CommonJS build beside the ESM build, or of an iframe.
 *
 * @param value - Any value, such as one that was caught.
 *
 * @example
 * ```ts
 * import { catchError, EMPTY, throwError } from 'rxjs';
 * import { chatCompletion$, isChatError, toChatState } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   catchError((e) => (isChatError(e) && e._tag === 'HttpError' && e.status === 404 ? EMPTY : throwError(() => e))),
 *   toChatState(),
 * );
 * ```
 */
export function isChatError(value: unknown): value is ChatError {
  if (!isError(value)) return false;
  const { _tag } = value as Partial<ChatError>;
  return typeof _tag === 'string' && Object.hasOwn(CHAT_ERROR_TAGS, _tag);
}

/** Whether an error means that the rest of a stream was lost, and nothing more. */
export const isInterruption = (error: unknown): boolean =>
  isChatError(error) &&
  (error._tag === 'TruncatedError' || (error._tag === 'ConnectionError' && error.phase === 'body'));

/** Whether a value is an error, of any realm: Jest's errors are of another one, and `DOMException` has a class of its own. */
export const isError = (value: unknown): value is Error =>
  value instanceof Error || ['Error', 'DOMException'].includes(classOf(value));

/** Returns the name of the class of a value, of any realm. */
export const classOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** Returns the message of a thrown value, which Angular's HttpErrorResponse and errors of another realm have without being an `Error`. */
export function messageOf(thrown: unknown): string {
  const { message } = Object(thrown) as { readonly message?: unknown };
  if (typeof message === 'string') return message;
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  try {
    return cut(JSON.stringify(thrown));
  } catch {
    return 'an object that is not an error';
  }
}
