import { isRecord } from '../codec/isRecord';
import { RequestError } from '../errors';
import type { Profile } from '../servers/Profile';
import type { ChatRequest } from './ChatRequest';
import type { EmbeddingsRequest } from './EmbeddingsRequest';
import { messagesFor } from './messagesFor';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns the fields of a streamed chat completion: `stream`, and `include_usage` unless the request sets it.
 *
 * `stream_options: { include_usage: false }` alone leaves `stream_options` out, for servers that do not support it.
 */
export function streamedFields(request: ChatRequest, profile?: Profile): Fields {
  const fields = bodyFields(request, profile);
  const { include_usage = true, ...others } = request.stream_options ?? {};
  const stream_options =
    include_usage || Object.keys(others).length > 0 ? { include_usage, ...others } : undefined;
  return { ...NO_FIELDS, ...fields, stream: true, stream_options };
}

/** Returns the fields of a chat completion that is not streamed. */
export function completionFields(request: ChatRequest, profile?: Profile): Fields {
  // The request may be written for streaming, and servers reject stream_options without stream.
  return { ...NO_FIELDS, ...bodyFields(request, profile), stream: false, stream_options: undefined };
}

/** The first part of an object that adds fields to those of another: Node 20 adds them 20 times slower to a plain copy. */
const NO_FIELDS: Fields = {};

/**
 * Returns the fields of a request in the names and roles of the server, with those in `extra` among them, unchanged.
 *
 * @throws RequestError if the request is missing.
 */
export function bodyFields(request: ChatRequest | EmbeddingsRequest, profile?: Profile): Fields {
  const { extra, ...fields } = requireObject(request);
  if (profile === undefined) return { ...fields, ...extra };
  const messages = 'messages' in fields ? { messages: messagesFor(fields.messages, profile) } : {};
  return renamed({ ...fields, ...messages, ...extra }, extra, profile);
}

/** Returns fields under the server's names, except those in `extra` and those whose new name is taken. */
function renamed(fields: Fields, extra: Fields | undefined, { renames = {} }: Profile): Fields {
  const result: Record<string, unknown> = { ...fields };
  for (const [from, to] of Object.entries(renames)) {
    if (result[from] === undefined || extra?.[from] !== undefined || result[to] !== undefined) continue;
    result[to] = result[from];
    result[from] = undefined; // JSON leaves it out.
  }
  return result;
}

/** JavaScript allows a call without a request. */
function requireObject<T extends object>(request: T): T {
  if (isRecord(request)) return request;
  throw new RequestError('request must be an object with model and messages or input');
}
