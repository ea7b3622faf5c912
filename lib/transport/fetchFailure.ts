import { AbortedError, ConnectionError, messageOf, RequestError, type ChatError } from '../errors';
import { publicUrl } from '../request/url';
import { breakIn, headTimeout, mistakeIn } from './failures';

/** Errors that engines throw for mistakes in code. */
const MISTAKE_IN_CODE =
  /^(?:Reference|Range|Syntax)Error: |^TypeError: .*(?: is not a (?:function|constructor)|Cannot \w+ propert)/;

/**
 * Converts a rejection of fetch, whose message is only 'fetch failed' or 'Failed to fetch' in many runtimes.
 *
 * The reason is that of the innermost cause. Neither an abort nor a mistake in the code of a fetch is a lost connection.
 *
 * @param hasHead - Whether the response's head had arrived.
 */
export function fetchFailure(error: unknown, url: string, hasHead: boolean): ChatError {
  const causes = causesOf(error);
  const { name, message } = causes[0] ?? {};
  // By a signal of the app's own fetch: this library no longer listens after it has aborted.
  if (name === 'AbortError') return new AbortedError(error);
  const code = causes.map(codeOf).find(Boolean);
  // Not a lost connection: a cold server was loading its model, which the abort has cancelled.
  const timeout = headTimeout(code);
  if (timeout) return timeout;
  if (MISTAKE_IN_CODE.test(`${name}: ${message}`))
    return new RequestError(`the fetch has thrown: ${messageOf(error)}`, error);
  const texts = causes.map((cause) => `${codeOf(cause)} ${cause.message}`).join('\n');
  // A mistake cannot break a response that has begun.
  const mistake = hasHead ? undefined : mistakeIn(texts);
  const [, knownReason, knownCode] = mistake ?? breakIn(texts) ?? [];
  const messages = causes.map((cause) => cause.message).filter(Boolean);
  const reason = knownReason ?? messages.at(-1) ?? messageOf(error);
  const isUsual = /^(E[A-Z]+|[A-Z]+_\w+)$/.test(code ?? '');
  const shownCode = (isUsual ? code : (knownCode ?? code)) ?? null;
  return new ConnectionError(
    (hasHead ? 'the connection broke in the middle of the answer' : `cannot reach ${publicUrl(url)}`) +
      `: ${reason}${shownCode === null ? '' : ` (${shownCode})`}`,
    hasHead ? 'body' : 'connect',
    shownCode,
    error,
    mistake === undefined,
  );
}

/** The error, its cause, the cause of that, …, at most eight; of several (an address each) the first. */
function causesOf(value: unknown, most = 8): readonly ErrorLike[] {
  const error = errorLike(value);
  return error && most > 0 ? [error, ...causesOf(error.cause ?? error.errors?.[0], most - 1)] : [];
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
