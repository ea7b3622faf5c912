import { RequestError } from '../errors';
import type { ChatRequest } from './ChatRequest';
import type { EmbeddingsRequest } from './EmbeddingsRequest';
import type { Profile } from '../servers/Profile';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns the fields of a streamed chat completion: `stream`, and `include_usage` unless the request sets it.
 *
 * `stream_options: { include_usage: false }` alone leaves `stream_options` out, for servers that do not support it.
 */
export function streamedFields(request: ChatRequest): Fields {
  const fields = bodyFields(request);
  const { include_usage = true, ...others } = request.stream_options ?? {};
  const stream_options =
    include_usage || Object.keys(others).length > 0 ? { include_usage, ...others } : undefined;
  return { ...fields, stream: true, stream_options };
}

/** Returns the fields of a chat completion that is not streamed. */
export function completionFields(request: ChatRequest): Fields {
  // The request may be written for streaming, and servers reject stream_options without stream.
  return { ...bodyFields(request), stream: false, stream_options: undefined };
}

/**
 * Returns the fields of a request, with those in `extra` among them.
 *
 * @throws RequestError if the request is missing.
 */
export function bodyFields(request: ChatRequest | EmbeddingsRequest): Fields {
  const { extra, ...fields } = requireObject(request);
  return { ...fields, ...extra };
}

/** JavaScript allows a call without a request. */
function requireObject<T extends object>(request: T): T {
  if (typeof request === 'object' && (request as T | null) !== null) return request;
  throw new RequestError('request must be an object with model and messages or input');
}

/**
 * Returns the JSON text of a request, without the fields that the server rejects.
 *
 * @throws RequestError if a field cannot be serialized, such as a BigInt or a circular reference.
 */
export function jsonBody(fields: Fields, profile: Profile | undefined): string {
  const accepted = Object.entries(fields).filter(([field]) => profile?.rejects.includes(field) !== true);
  try {
    return JSON.stringify(Object.fromEntries(accepted));
  } catch (cause) {
    throw new RequestError(
      'the request cannot be serialized as JSON: remove BigInts and circular references',
      cause,
    );
  }
}

/** Returns the fields of a request that the server ignores. */
export const ignoredFields = (fields: Fields, profile: Profile | undefined): readonly string[] =>
  profile?.ignores.filter((field) => fields[field] !== undefined) ?? [];
