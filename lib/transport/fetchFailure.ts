import {
  AbortedError,
  ChatTimeoutError,
  ConnectionError,
  messageOf,
  RequestError,
  type ChatError,
} from '../errors';
import { publicUrl } from '../request/url';

/**
 * A reason for which a fetch fails.
 *
 * The test is of the codes and messages of the error and its causes, in the words of Node (undici), Deno (hyper, rustls), Bun and
 * browsers. The code is for a runtime that has none of Node's.
 */
type Failure = readonly [test: RegExp, reason: string, code?: string];

/** Mistakes in the address or in the set-up: another attempt fails again. The first that fits counts. */
const MISTAKES: readonly Failure[] = [
  [/(?:bad|unsafe|blocked) port/i, 'fetch blocks this port, run the server on another one'],
  [/--allow-net|ERR_ACCESS_DENIED/, 'the runtime does not allow it: run it with --allow-net'],
  [/ERR_INVALID_URL|parse URL|Invalid URL/i, 'fetch does not accept the URL: use an absolute baseURL'],
  [
    /_ALERT_|(?:v\d+|tls|fatal) alert|unrecognized.?name/i,
    'the server refused the TLS handshake, check the host name and client certificate',
  ],
  [
    /CERT_|_CERT|UNABLE_TO_VERIFY|peer certificate|certificate (?:verify|has expired)/i,
    'the certificate of the server is not accepted, renew it or trust its issuer',
    'ERR_TLS_CERT',
  ],
  [
    /ERR_SSL|EPROTO|wrong version number|packet length too long|corrupt message|InvalidProtocol/i,
    'TLS failed, as if the server expects http and not https',
    'EPROTO',
  ],
  [
    /HPE_INVALID_(?:CONSTANT|VERSION)|invalid HTTP|Malformed_HTTP|UND_ERR_HTTP_PARSER/i,
    'the response is not HTTP, as if the server expects https and not http',
    'HPE_INVALID_CONSTANT',
  ],
  [
    /HPE_(?!HEADER_OVERFLOW|CLOSED|INVALID_EOF)|CONTENT_LENGTH_MISMATCH/,
    'the head of the response is not valid HTTP, check the server or proxy',
  ],
];

/** Failures of the network and of the server. The first that fits counts. */
const BREAKS: readonly Failure[] = [
  [/ECONNREFUSED|connection ?refused|unable to connect/i, 'the connection was refused', 'ECONNREFUSED'],
  [
    /ENOTFOUND|EAI_AGAIN|EAI_NONAME|dns error|no such host|FailedToOpenSocket|DNSFailed/i,
    'the name of the host cannot be resolved',
    'ENOTFOUND',
  ],
  [/ETIMEDOUT|CONNECT_TIMEOUT|connect(?:ion)? timed out/i, 'the connection timed out', 'ETIMEDOUT'],
  [/UND_ERR_BODY_TIMEOUT/, 'no data within the time that fetch allows: nodeTransport() waits longer'],
  [
    /EHOSTUNREACH|ENETUNREACH|no route to host|network is unreachable/i,
    'the host cannot be reached',
    'EHOSTUNREACH',
  ],
  [
    /ECONNRESET|EPIPE|UND_ERR_SOCKET|connection ?(?:reset|closed)|side closed|closed (?:unexpectedly|before)|end of file before|socket hang up/i,
    'the server closed the connection',
    'ECONNRESET',
  ],
];

/** Alerts of TLS about a damaged record or an error in the server. */
const PASSING_ALERT = /record.?mac|internal.?error/i;

/** Errors that engines throw for mistakes in code. */
const MISTAKE_IN_CODE =
  /^(?:Reference|Range|Syntax)Error: |^TypeError: .*(?: is not a (?:function|constructor)|Cannot \w+ propert)/;

/** Milliseconds that Node's fetch waits for a head, unless a dispatcher of the app sets another limit. */
const NODE_HEAD_TIMEOUT_MS = 300_000;

/**
 * Converts a rejection of fetch, whose message is only 'fetch failed' or 'Failed to fetch' in many runtimes.
 *
 * The reason is that of the innermost cause. Neither an abort nor a mistake in the code of a fetch is a lost connection.
 *
 * @param hasHead - Whether the response's head had arrived.
 */
export function fetchFailure(error: unknown, url: string, hasHead: boolean): ChatError {
  const causes = causesOf(error);
  // By a signal of the app's own fetch: this library no longer listens after it has aborted.
  if (causes[0]?.name === 'AbortError') return new AbortedError(error);
  const code = causes.map(codeOf).find(Boolean);
  // Not a lost connection: a cold server was loading its model, which the abort has cancelled.
  if (code === 'UND_ERR_HEADERS_TIMEOUT')
    return new ChatTimeoutError(
      'head',
      NODE_HEAD_TIMEOUT_MS,
      'no response head within the time that fetch allows: nodeTransport() waits longer',
    );
  if (MISTAKE_IN_CODE.test(`${causes[0]?.name}: ${causes[0]?.message}`)) {
    return new RequestError(`the fetch has thrown: ${messageOf(error)}`, error);
  }
  const texts = causes.map((cause) => `${codeOf(cause)} ${cause.message}`).join('\n');
  const fits = ([test]: Failure): boolean => test.test(texts);
  // A mistake cannot break a response that has begun.
  const mistake = hasHead || PASSING_ALERT.test(texts) ? undefined : MISTAKES.find(fits);
  const [, knownReason, knownCode] = mistake ?? BREAKS.find(fits) ?? [];
  const messages = causes.map(({ message }) => message).filter(Boolean);
  const isUsual = /^(E[A-Z]+|[A-Z]+_\w+)$/.test(code ?? '');
  const shownCode = (isUsual ? code : (knownCode ?? code)) ?? null;
  const reason = `${knownReason ?? messages.at(-1) ?? messageOf(error)}${shownCode === null ? '' : ` (${shownCode})`}`;
  return new ConnectionError(
    hasHead
      ? `the connection broke in the middle of the answer: ${reason}`
      : `cannot reach ${publicUrl(url)}: ${reason}`,
    hasHead ? 'body' : 'connect',
    shownCode,
    error,
    mistake === undefined,
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

/** Returns the code of an error; `''` if it has none, or a number as a `DOMException` has. */
const codeOf = ({ code }: ErrorLike): string => (typeof code === 'string' ? code : '');
