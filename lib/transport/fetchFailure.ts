import { AbortedError, ChatTimeoutError, ConnectionError, messageOf, type ChatError } from '../errors';
import { publicUrl } from '../request/url';
import { BREAKS, MISTAKES } from './failures';
import type { Failure } from './failures.browser';
import { mistakeIn } from './mistakeIn';

/** Alerts of TLS about a damaged record or an error in the server. */
const PASSING_ALERT = /record.?mac|internal.?error/i;

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
  const thrown = mistakeIn('fetch', error);
  if (thrown !== undefined) return thrown;
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
