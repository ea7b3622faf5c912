import { RequestError } from '../errors';
import type { ChatRequest } from './ChatRequest';
import type { EmbeddingsRequest } from './EmbeddingsRequest';
import type { Profile } from '../servers/Profile';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The fields of a streamed chat completion: `stream`, and usage asked for unless the request says otherwise.
 *
 * `stream_options: { include_usage: false }` alone leaves `stream_options` out, for servers that do not know it.
 */
export function streamedFields(request: ChatRequest): Fields {
  const fields = bodyFields(request);
  const { include_usage = true, ...others } = request.stream_options ?? {};
  const stream_options =
    include_usage || Object.keys(others).length > 0 ? { include_usage, ...others } : undefined;
  return { ...fields, stream: true, stream_options };
}

/** The fields of a chat completion in one piece. */
export function wholeFields(request: ChatRequest): Fields {
  // A request written for streaming is good for this too: servers reject stream_options without stream.
  return { ...bodyFields(request), stream: false, stream_options: undefined };
}

/** A request's fields, its server extras among them. */
export function bodyFields({ extra, ...fields }: ChatRequest | EmbeddingsRequest): Fields {
  return { ...fields, ...extra };
}

/**
 * The JSON text of a request, without what the server rejects.
 *
 * @throws RequestError when a field is not JSON, such as a BigInt or a circle.
 */
export function jsonBody(fields: Fields, profile: Profile | undefined): string {
  const accepted = Object.entries(fields).filter(([field]) => profile?.rejects.includes(field) !== true);
  try {
    return JSON.stringify(Object.fromEntries(accepted));
  } catch (cause) {
    throw new RequestError('the request cannot be written as JSON', cause);
  }
}

/** The fields of a request that a server will ignore. */
export const ignoredFields = (fields: Fields, profile: Profile | undefined): readonly string[] =>
  profile?.ignores.filter((field) => fields[field] !== undefined) ?? [];
