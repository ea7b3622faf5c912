import { isChatError, type ChatError, type HttpError } from 'rxjs-chat-completions';

/** Longest description, in characters. */
const MAX_LENGTH = 300;

/** Describes an error on one line. */
export function describeError(error: unknown): string {
  const text = isChatError(error) ? describe(error) : error instanceof Error ? error.message : String(error);
  const line = text
    .replace(/\s+/g, ' ')
    .replaceAll('baseURL', 'the base URL')
    .replace(', or be relative in a page', '')
    .replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}

/** `_tag` narrows the type of the error, and with it its fields. */
function describe(error: ChatError): string {
  switch (error._tag) {
    case 'HttpError':
      return `The server responded with an error: ${textOf(error)}`;
    case 'ServerError':
      return `The server failed: ${error.message}`;
    case 'TruncatedError':
      return 'The response ended before the answer was complete';
    case 'ProtocolError':
    case 'ConnectionError':
    case 'ChatTimeoutError':
    case 'LimitError':
    case 'AbortedError':
    case 'RequestError':
    case 'ChunkFailed':
      return error.message;
  }
}

/** The hints of the library name fields of its config; where this program has its own way, its hint replaces them. */
function textOf({ status, serverMessage, message, retryAfterMs }: HttpError): string {
  if (status === 401) return `${status} ${serverMessage} (check OPENAI_API_KEY)`;
  if (status === 404) return message.replace('models$ lists', '/model lists');
  return retryAfterMs === null ? message : `${message} (try again in ${durationOf(retryAfterMs)})`;
}

const durationOf = (ms: number): string =>
  ms < 120_000 ? `${Math.ceil(ms / 1_000)} s` : `${Math.ceil(ms / 60_000)} minutes`;
