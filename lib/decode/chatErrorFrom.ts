import { attempt } from '../codec/attempt';
import {
  AbortedError,
  BadJson,
  ChatTimeoutError,
  ChunkFailed,
  ConnectionError,
  CutOffError,
  HttpError,
  LimitError,
  ProtocolError,
  RefusalError,
  RequestError,
  SchemaMismatch,
  ServerError,
  StorageConflict,
  ToolDenied,
  ToolFailed,
  TruncatedError,
  UnknownTool,
  type ChatError,
  type ChunkError,
  type OutputError,
  type ToolFailure,
} from '../errors';

/** Errors that are values of a stream and do not end it. */
type InBandError = ChunkError | OutputError | ToolFailure | StorageConflict;

type Fields<E> = Omit<E, keyof Error | 'toJSON'> & { readonly message: string };

/** Constructors of the errors, from their JSON form. */
const REVIVE: { readonly [E in ChatError | InBandError as E['_tag']]: (fields: Fields<E>) => E } = {
  ConnectionError: (e) => new ConnectionError(e.message, e.phase, e.code, e),
  HttpError: (e) => new HttpError(e),
  ServerError: (e) => new ServerError(e),
  ChatTimeoutError: (e) => new ChatTimeoutError(e.phase, e.ms, e.message),
  TruncatedError: (e) => new TruncatedError(e.message),
  LimitError: (e) => new LimitError(e.kind, e.limit),
  AbortedError: () => new AbortedError(),
  RequestError: (e) => new RequestError(e.message, e),
  ProtocolError: (e) => new ProtocolError(e.message, e.body),
  ChunkFailed: (e) => new ChunkFailed(chatErrorFrom(e.error) as ChunkError),
  BadJson: (e) => new BadJson(e.raw),
  SchemaMismatch: (e) => new SchemaMismatch(e.issues, e.raw, []),
  CutOffError: (e) => new CutOffError(e.finishReason, e.text),
  RefusalError: (e) => new RefusalError(e.refusal),
  UnknownTool: (e) => new UnknownTool(e.tool, e.known),
  ToolDenied: (e) => new ToolDenied(e.tool, e.reason),
  StorageConflict: () => new StorageConflict(),
  ToolFailed: (e) => new ToolFailed(e.tool, e.message),
};

const REVIVERS = new Map<unknown, (json: unknown) => ChatError | InBandError>(
  Object.entries(REVIVE as Readonly<Record<string, (json: unknown) => ChatError | InBandError>>),
);

/**
 * Restores an error of this library from its JSON form.
 *
 * @param json - The value of `JSON.parse(JSON.stringify(error))`.
 * @returns An error of the original class, without its `cause`.
 * @throws TypeError if `json` is not the JSON form of an error of this library.
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
  const error = attempt(() => REVIVERS.get(tagged?._tag)?.(json));
  if (error === undefined)
    throw new TypeError(
      'not the JSON form of an error of this library: pass JSON.parse(JSON.stringify(error))',
    );
  return error;
}
