import { isChatError, type ChatError } from 'rxjs-chat-completions';

/** The most of a server's own words that a line shows. */
const SHOWN = 300;

/** What went wrong, in one line. */
export function inWords(error: unknown): string {
  const words = isChatError(error) ? wordsFor(error) : error instanceof Error ? error.message : String(error);
  const line = words.replace(/\s+/g, ' ');
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}

/** `_tag` tells the errors apart, and each has fields of its own. */
function wordsFor(error: ChatError): string {
  switch (error._tag) {
    case 'HttpError':
      return `the server answered ${error.message}${hintFor(error.status)}`;
    case 'ServerError':
      return `the server failed: ${error.message}`;
    case 'TruncatedError':
      return 'the server stopped in the middle of the answer';
    case 'ProtocolError':
      return `that is no chat completion server: ${error.message}`;
    case 'ConnectionError':
    case 'ChatTimeoutError':
    case 'LimitError':
    case 'AbortedError':
    case 'RequestError':
    case 'ChunkFailed':
      return error.message;
  }
}

function hintFor(status: number): string {
  if (status === 401) return ' (is OPENAI_API_KEY right?)';
  if (status === 404) return ' (/model lists what there is)';
  return '';
}
