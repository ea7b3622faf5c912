import * as t from 'io-ts';

import { fields } from './fields';
import { lenient } from './lenient';
import { list } from './list';
import { lenientNumber, lenientText } from './scalars';

/** A possible token and its probability. */
export interface TokenLogprob {
  readonly token?: string | null;
  /** Natural logarithm of the probability. `null` means minus infinity, which JSON cannot represent. */
  readonly logprob?: number | null;
  /** Bytes of the token in UTF-8; a character may be split over several tokens. Absent at TGI. */
  readonly bytes?: readonly number[] | null;
}

/** A token of the answer, and its alternatives. */
export interface LogprobToken extends TokenLogprob {
  /** The most likely tokens at this position; `top_logprobs` of the request sets their number. */
  readonly top_logprobs?: readonly TokenLogprob[] | null;
}

/**
 * Log probabilities of the tokens of an answer.
 *
 * An entry is not always one token: llama.cpp sends one for a character of several tokens.
 *
 * @example
 * ```ts
 * import type { Logprobs } from 'rxjs-chat-completions/codec';
 *
 * const surest = ({ content }: Logprobs): number => Math.max(...(content ?? []).map(({ logprob }) => logprob ?? -Infinity));
 * ```
 */
export interface Logprobs {
  readonly content?: readonly LogprobToken[] | null;
  readonly refusal?: readonly LogprobToken[] | null;
  /** Tokens of DeepSeek's `reasoning_content`. */
  readonly reasoning_content?: readonly LogprobToken[] | null;
}

const tokenLogprob = {
  token: lenientText,
  logprob: lenientNumber,
  bytes: lenient(list(t.number)),
};

const TokenLogprob: t.Type<TokenLogprob, unknown> = fields(tokenLogprob, 'TokenLogprob');

/** The codec of {@link LogprobToken}. */
export const LogprobToken: t.Type<LogprobToken, unknown> = fields(
  { ...tokenLogprob, top_logprobs: lenient(list(TokenLogprob)) },
  'LogprobToken',
);

const tokens = lenient(list(LogprobToken));

/** The codec of {@link Logprobs}. */
export const Logprobs: t.Type<Logprobs, unknown> = fields(
  { content: tokens, refusal: tokens, reasoning_content: tokens },
  'Logprobs',
);
