import { ChatTimeoutError, ConnectionError } from '../errors';
import { redactSecrets, secretsOf } from '../request/headers';
import { withoutQuery } from '../request/url';
import type { TransportRequest } from './transport';

/** Milliseconds that Node's fetch waits for a head, unless a dispatcher of the app sets another limit. */
const NODE_HEAD_TIMEOUT_MS = 300_000;

/** Converts a rejection of fetch, whose message is 'fetch failed' or 'Failed to fetch', with the reason in a cause. */
export function fetchFailure(
  error: unknown,
  request: TransportRequest,
  inBody: boolean,
): ConnectionError | ChatTimeoutError {
  const causes: Error[] = [];
  for (let at = error; isError(at) && causes.length < 8; at = at.cause) causes.push(at);
  const code = causes.map(codeOf).find((found) => found !== null) ?? null;
  // Not a lost connection: a cold server was loading its model, which the abort has cancelled.
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return new ChatTimeoutError('head', NODE_HEAD_TIMEOUT_MS);
  // The message of a fetch may contain the URL with its query.
  const message = isError(error) ? error.message : String(error);
  const reason = code ?? redactSecrets(message, secretsOf(request));
  if (inBody) {
    return new ConnectionError(
      `the connection broke in the middle of the answer: ${reason}`,
      'body',
      code,
      error,
    );
  }
  const where = withoutQuery(request.url);
  if (code !== null) return new ConnectionError(`cannot reach ${where}: ${code}`, 'connect', code, error);
  const hint =
    typeof document === 'undefined'
      ? ''
      : '; it is down, or it does not allow this page’s origin (CORS; for Ollama set OLLAMA_ORIGINS)';
  return new ConnectionError(`cannot reach ${where}: ${reason}${hint}`, 'connect', null, error);
}

/** Whether a value is an error, of any realm: fetch may be that of an iframe, or of the realm around Jest's specs. */
const isError = (value: unknown): value is Error =>
  typeof value === 'object' && value !== null && 'message' in value;

const codeOf = (error: Error): string | null => {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : null;
};
