import { ifAny } from '../../codec/ifAny';
import type { RateLimit, RateLimitWindow } from '../../errors';
import { durationMs, waitMs } from './duration';

type Headers = Readonly<Record<string, string>>;

/**
 * Returns the rate limits in the headers of a response.
 *
 * Reads `x-ratelimit-*` as OpenAI, Groq, Cerebras, Mistral, Fireworks, Together and OpenRouter send it, `anthropic-ratelimit-*`, and
 * the drafts of the IETF's `ratelimit` headers.
 *
 * @param headers - Headers of the response; names in lower case.
 * @param now - The present, in milliseconds since the epoch, for a reset that is a point in time.
 * @returns `null` if there is no such header, or none that can be read.
 *
 * @example
 * ```ts
 * import { rateLimitOf } from 'rxjs-chat-completions';
 *
 * const headers = { 'x-ratelimit-remaining-requests': '59', 'x-ratelimit-reset-requests': '6m0s' };
 * const limit = rateLimitOf(headers, Date.now());
 * console.assert(limit?.requests?.remaining === 59 && limit.requests.resetMs === 360_000);
 * ```
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function rateLimitOf(headers: Headers, now: number): RateLimit | null {
  const all = { ...structuredFields(headers), ...headers };
  return ifAny({ requests: windowIn(all, REQUESTS, now), tokens: windowIn(all, TOKENS, now) }) ?? null;
}

/** Names of the headers, with `*` for `limit`, `remaining` and `reset`. The first form with a readable value counts. */
const REQUESTS = [
  'x-ratelimit-*-requests', // OpenAI, Azure, Groq
  'x-ratelimit-*-requests-day', // Cerebras
  'x-ratelimit-*-req-minute', // Mistral
  'anthropic-ratelimit-requests-*',
  'x-ratelimit-*', // OpenRouter
  'ratelimit-*', // IETF, up to draft 06
];
const TOKENS = [
  'x-ratelimit-*-tokens', // OpenAI, Azure, Groq
  'x-ratelimit-*-tokens-minute', // Cerebras, Mistral
  'x-ratelimit-*-tokens-prompt', // Fireworks
  'anthropic-ratelimit-tokens-*',
  'x-tokenlimit-*', // Together
];

function windowIn(headers: Headers, forms: readonly string[], now: number): RateLimitWindow | null {
  for (const form of forms) {
    const value = (field: string): string | undefined => headers[form.replace('*', field)];
    const window = ifAny({
      limit: countOf(value('limit')),
      remaining: countOf(value('remaining')),
      resetMs: durationMs(value('reset')) ?? waitMs(value('reset'), now),
    });
    if (window) return window;
  }
  return null;
}

/**
 * Returns the parameters of the IETF's later drafts as the headers of the earlier ones.
 *
 * Draft 07: `limit=100, remaining=50, reset=5`. From draft 08 on: `"name";r=50;t=5`, beside a policy `"name";q=100;w=60`.
 */
function structuredFields({ ratelimit = '', 'ratelimit-policy': policy = '' }: Headers): Headers {
  const parameters = `${ratelimit},${policy}`.matchAll(/\b(limit|remaining|reset|[rtq])=(\d+)/g);
  return Object.fromEntries(
    [...parameters].map(([, name = '', value = '']) => [`ratelimit-${SHORT_NAMES[name] ?? name}`, value]),
  );
}

const SHORT_NAMES: Readonly<Record<string, string>> = { q: 'limit', r: 'remaining', t: 'reset' };

/** Reads a count; a policy may follow it: `100, 100;w=60`. One with separators (`1,000`) is not read. */
function countOf(value = ''): number | null {
  const count = /^\s*(\d+(?:\.\d+)?)\s*(?:,\s|,.*;|;|$)/.exec(value)?.[1];
  return count === undefined ? null : Number(count);
}
