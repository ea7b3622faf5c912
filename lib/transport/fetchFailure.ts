import { ChatTimeoutError, ConnectionError, messageOf, RequestError } from '../errors';
import { publicUrl } from '../request/url';

/** A reason for which a fetch fails, as the runtimes report it. */
interface Failure {
  /** Tests the codes and messages of the error and its causes. */
  readonly test: RegExp;
  readonly reason: string;
  /** The code where the runtime has none of Node's. */
  readonly code?: string;
  /** Whether another attempt may succeed. Default true. */
  readonly retryable?: boolean;
}

/** The reasons in the words of Node (undici), Deno (hyper, rustls), Bun and browsers. The first that fits counts. */
const FAILURES: readonly Failure[] = [
  {
    test: /bad port|unsafe port|blocked port/i,
    reason: 'fetch blocks this port (bad port)',
    retryable: false,
  },
  {
    test: /--allow-net|ERR_ACCESS_DENIED/,
    reason: 'the runtime does not allow it: run it with --allow-net',
    retryable: false,
  },
  {
    test: /ERR_INVALID_URL|Failed to parse URL|Invalid URL/i,
    reason: 'fetch does not accept the URL: use an absolute baseURL',
    retryable: false,
  },
  {
    test: /CERT_|_CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME_INVALID|invalid peer certificate|certificate (verify|has expired)/i,
    reason: 'the certificate of the server is not accepted',
    code: 'ERR_TLS_CERT',
    retryable: false,
  },
  {
    test: /ERR_SSL|EPROTO|wrong version number|packet length too long|InvalidContentType|corrupt message|InvalidProtocol/i,
    reason: 'TLS failed, as if the server expects http and not https',
    code: 'EPROTO',
    retryable: false,
  },
  {
    test: /HPE_(?!HEADER_OVERFLOW)|invalid HTTP|Malformed_HTTP|UND_ERR_HTTP_PARSER/i,
    reason: 'the response is not HTTP, as if the server expects https and not http',
    code: 'HPE_INVALID_CONSTANT',
    retryable: false,
  },
  {
    test: /ECONNREFUSED|ConnectionRefused|connection refused|unable to connect/i,
    reason: 'the connection was refused',
    code: 'ECONNREFUSED',
  },
  {
    test: /EAI_AGAIN|temporary failure in name resolution/i,
    reason: 'the name of the host cannot be resolved at present',
    code: 'EAI_AGAIN',
  },
  {
    test: /ENOTFOUND|EAI_NONAME|dns error|failed to lookup|name or service not known|no such host|FailedToOpenSocket|DNSFailed/i,
    reason: 'the name of the host is unknown',
    code: 'ENOTFOUND',
  },
  {
    test: /ETIMEDOUT|CONNECT_TIMEOUT|connect(ion)? timed out/i,
    reason: 'the connection timed out',
    code: 'ETIMEDOUT',
  },
  { test: /UND_ERR_BODY_TIMEOUT/, reason: 'no data arrived for the time that fetch allows' },
  {
    test: /EHOSTUNREACH|ENETUNREACH|no route to host|network is unreachable/i,
    reason: 'the host cannot be reached',
    code: 'EHOSTUNREACH',
  },
  {
    test: /ECONNRESET|EPIPE|UND_ERR_SOCKET|ConnectionReset|ConnectionClosed|connection reset|other side closed|closed unexpectedly|closed before message completed|end of file before|socket hang up/i,
    reason: 'the server closed the connection',
    code: 'ECONNRESET',
  },
];

/** Errors that engines throw for mistakes in code. */
const MISTAKE =
  /^(?:ReferenceError|RangeError|SyntaxError): |^TypeError: .*(?: is not a (?:function|constructor)|Cannot (?:read|set|destructure) propert)/;

/** Milliseconds that Node's fetch waits for a head, unless a dispatcher of the app sets another limit. */
const NODE_HEAD_TIMEOUT_MS = 300_000;

/**
 * Converts a rejection of fetch, whose message is only 'fetch failed' or 'Failed to fetch' in many runtimes.
 *
 * The reason is that of the innermost cause. A mistake in the code of a fetch is not a lost connection.
 *
 * @param hasHead - Whether the response's head had arrived.
 */
export function fetchFailure(
  error: unknown,
  url: string,
  hasHead: boolean,
): ConnectionError | ChatTimeoutError | RequestError {
  const causes = causesOf(error);
  const code = causes.map(codeOf).find((found) => found !== undefined) ?? null;
  // Not a lost connection: a cold server was loading its model, which the abort has cancelled.
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return new ChatTimeoutError('head', NODE_HEAD_TIMEOUT_MS);
  const texts = causes
    .map(({ message = '', code: own }) => `${typeof own === 'string' ? own : ''} ${message}`)
    .join('\n');
  if (MISTAKE.test(`${causes[0]?.name ?? ''}: ${causes[0]?.message ?? ''}`)) {
    return new RequestError(`the fetch has thrown: ${messageOf(error)}`, error);
  }
  // A mistake in the address cannot break a response that has begun.
  const known = FAILURES.find(({ test, retryable }) => test.test(texts) && !(hasHead && retryable === false));
  const innermost = causes
    .map(({ message }) => message)
    .filter(Boolean)
    .at(-1);
  const usual = code !== null && /^(E[A-Z]+|[A-Z]+_\w+)$/.test(code);
  const shownCode = usual ? code : (known?.code ?? code);
  const reason = `${known?.reason ?? innermost ?? messageOf(error)}${shownCode === null ? '' : ` (${shownCode})`}`;
  return new ConnectionError(
    hasHead
      ? `the connection broke in the middle of the answer: ${reason}`
      : `cannot reach ${publicUrl(url)}: ${reason}`,
    hasHead ? 'body' : 'connect',
    shownCode,
    error,
    known?.retryable ?? true,
  );
}

/** The error, its cause, the cause of that, …; of several (an address each) the first. */
function causesOf(error: unknown): readonly ErrorLike[] {
  const causes: ErrorLike[] = [];
  for (
    let at = errorLike(error);
    at !== undefined && causes.length < 8;
    at = errorLike(at.cause ?? at.errors?.[0])
  )
    causes.push(at);
  return causes;
}

/** An error of any realm: fetch may be that of an iframe, or of the realm around Jest's specs. */
interface ErrorLike {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

/** Returns a thrown value with a message or a code; a text is a message. */
function errorLike(value: unknown): ErrorLike | undefined {
  if (typeof value === 'string') return { message: value };
  const { message, code } = Object(value) as ErrorLike;
  return typeof message === 'string' || typeof code === 'string' ? (value as ErrorLike) : undefined;
}

const codeOf = ({ code }: ErrorLike): string | undefined => (typeof code === 'string' ? code : undefined);
