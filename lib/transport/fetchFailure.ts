import { AbortedError, ConnectionError, messageOf, type ChatError } from '../errors';
import { publicUrl } from '../request/url';
import { causesOf, codeOf, type ErrorLike } from './causes';
import { codeMistake } from './codeMistake';
import { breakIn, headTimeout, mistakeIn } from './failures';

/**
 * Converts a rejection of fetch, as {@link connectionFailure} does.
 *
 * A timeout of Node before the head is not a lost connection: a cold server was loading its model, which the timeout has cancelled.
 */
export const fetchFailure = (error: unknown, url: string, hasHead: boolean): ChatError =>
  headTimeout(error) ?? connectionFailure(error, url, hasHead);

/**
 * Converts the error of a request, whose message is only 'fetch failed' or 'Failed to fetch' in many runtimes.
 *
 * The reason and the code are those of the innermost cause. Neither an abort nor a mistake in the code of a fetch is a lost connection.
 *
 * @param hasHead - Whether the response's head had arrived.
 */
export function connectionFailure(error: unknown, url: string, hasHead: boolean): ChatError {
  const causes = causesOf(error);
  // By a signal of the app's own fetch: this library no longer listens after it has aborted.
  if (causes[0]?.name === 'AbortError') return new AbortedError({ cause: error });
  const thrown = codeMistake('fetch', error);
  if (thrown !== undefined) return thrown;
  const texts = causes.map((cause) => `${codeOf(cause)} ${cause.message}`).join('\n');
  // A mistake cannot break a response that has begun.
  const mistake = hasHead ? undefined : mistakeIn(texts);
  const [, knownReason, knownCode] = mistake ?? breakIn(texts) ?? [];
  const innermost = (read: (cause: ErrorLike) => string | undefined): string | undefined =>
    causes.map(read).filter(Boolean).at(-1);
  const reason = knownReason ?? innermost((cause) => cause.message) ?? messageOf(error);
  const code = innermost(codeOf);
  const isUsual = /^(E[A-Z]+|[A-Z]+_\w+)$/.test(code ?? '');
  const shownCode = (isUsual ? code : (knownCode ?? code)) ?? null;
  return new ConnectionError(
    (hasHead ? 'the connection broke in the middle of the answer' : `cannot reach ${publicUrl(url)}`) +
      `: ${reason}${shownCode === null ? '' : ` (${shownCode})`}`,
    hasHead ? 'body' : 'connect',
    shownCode,
    { cause: error, retryable: mistake === undefined },
  );
}
