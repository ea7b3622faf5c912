import { AbortedError, ConnectionError, messageOf, type ChatError } from '../errors';
import { publicUrl } from '../request/url';
import { causesOf, codeOf } from './causes';
import { codeMistake } from './codeMistake';
import { breakIn, mistakeIn } from './failures';

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
  const thrown = codeMistake('fetch', error);
  if (thrown !== undefined) return thrown;
  const texts = causes.map((cause) => `${codeOf(cause)} ${cause.message}`).join('\n');
  // A mistake cannot break a response that has begun.
  const mistake = hasHead ? undefined : mistakeIn(texts);
  const [, knownReason, knownCode] = mistake ?? breakIn(texts) ?? [];
  const messages = causes.map((cause) => cause.message).filter(Boolean);
  const reason = knownReason ?? messages.at(-1) ?? messageOf(error);
  const code = causes.map(codeOf).filter(Boolean).at(-1);
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
