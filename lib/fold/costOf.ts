import type { Usage } from '../codec/Usage';

/** Prices of a model, for one million tokens each, in any currency. */
export interface TokenPrice {
  readonly input: number;
  readonly output: number;
  /** Price of input tokens that the server had cached. Default: that of `input`. */
  readonly cachedInput?: number;
}

/**
 * Returns the cost of a call, in the currency of the price.
 *
 * Reasoning tokens are output tokens, also of xAI, which reports them beside the output and not in it. A server that reports a
 * cost, as OpenRouter does in `usage.cost`, is more exact.
 *
 * @param usage - Usage of a call, or of several, summed.
 * @param price - Prices for one million tokens.
 * @returns The cost; `null` without usage, because unknown is not free.
 *
 * @example
 * ```ts
 * import { costOf } from 'rxjs-chat-completions';
 *
 * const usage = { prompt_tokens: 1_000, completion_tokens: 500, prompt_tokens_details: { cached_tokens: 600 } };
 * const dollars = costOf(usage, { input: 2, cachedInput: 0.5, output: 8 });
 * console.assert(dollars?.toFixed(4) === '0.0051');
 * ```
 */
export function costOf(usage: Usage | null | undefined, price: TokenPrice): number | null {
  if (usage === null || usage === undefined) return null;
  const { input, output, cachedInput = input } = price;
  const { prompt, cached, completion } = tokensIn(usage);
  return ((prompt - cached) * input + cached * cachedInput + completion * output) / 1_000_000;
}

/** Tokens of a call, with the parts that are priced or measured separately. */
interface Tokens {
  readonly prompt: number;
  /** Part of the prompt. */
  readonly cached: number;
  /** Tokens that the model generated. */
  readonly completion: number;
  /** Part of the completion. */
  readonly reasoning: number;
}

/** Returns the tokens of a call according to the server. */
export function tokensIn(usage: Usage | null): Tokens {
  const prompt = usage?.prompt_tokens ?? 0;
  const completion = usage?.completion_tokens ?? 0;
  const reasoning = usage?.completion_tokens_details?.reasoning_tokens ?? 0;
  const cached = Math.min(usage?.prompt_tokens_details?.cached_tokens ?? 0, prompt);
  // xAI's `completion_tokens` exclude the reasoning, as the total shows.
  const isExcluded = usage?.total_tokens === prompt + completion + reasoning;
  return { prompt, cached, completion: isExcluded ? completion + reasoning : completion, reasoning };
}
