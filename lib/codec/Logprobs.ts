import * as t from 'io-ts';

import { nullable } from './nullable';

/** A token that could have come, and how likely it was. */
export interface TokenLogprob {
  readonly token?: string | null;
  /** The natural logarithm of its probability. `null` stands for minus infinity, which JSON has no word for. */
  readonly logprob?: number | null;
  /** Its bytes in UTF-8; a character may be spread over several tokens. TGI leaves them out. */
  readonly bytes?: readonly number[] | null;
}

/** A token of the answer, and what could have come in its place. */
export interface LogprobToken extends TokenLogprob {
  /** The likeliest tokens at this place, as many as `top_logprobs` asked for. */
  readonly top_logprobs?: readonly TokenLogprob[] | null;
}

/**
 * How sure the model was of each token.
 *
 * Entries are not tokens one to one: llama.cpp gives one entry for a character made of several tokens.
 *
 * @example
 * ```ts
 * import type { Logprobs } from 'rxjs-chat-completions';
 *
 * const surest = ({ content }: Logprobs): number => Math.max(...(content ?? []).map(({ logprob }) => logprob ?? -Infinity));
 * ```
 */
export interface Logprobs {
  readonly content?: readonly LogprobToken[] | null;
  readonly refusal?: readonly LogprobToken[] | null;
  /** DeepSeek, for the tokens of its `reasoning_content`. */
  readonly reasoning_content?: readonly LogprobToken[] | null;
}

const tokenLogprob = {
  token: nullable(t.string),
  logprob: nullable(t.number),
  bytes: nullable(t.readonlyArray(t.number)),
};

const TokenLogprob: t.Type<TokenLogprob, unknown> = t.partial(tokenLogprob, 'TokenLogprob');

/** The codec of {@link LogprobToken}. */
export const LogprobToken: t.Type<LogprobToken, unknown> = t.partial(
  { ...tokenLogprob, top_logprobs: nullable(t.readonlyArray(TokenLogprob)) },
  'LogprobToken',
);

const tokens = nullable(t.readonlyArray(LogprobToken));

/** The codec of {@link Logprobs}. */
export const Logprobs: t.Type<Logprobs, unknown> = t.partial(
  { content: tokens, refusal: tokens, reasoning_content: tokens },
  'Logprobs',
);
