import * as t from 'io-ts';

import { Delta } from './Delta';
import { Logprobs } from './Logprobs';
import { nullable } from './nullable';
import { Usage } from './Usage';

/**
 * One of the `n` answers, as far as one chunk goes on with it.
 *
 * @example
 * ```ts
 * import type { ChunkChoice } from 'rxjs-chat-completions';
 *
 * const hasEnded = ({ finish_reason }: ChunkChoice): boolean => Boolean(finish_reason);
 * ```
 */
export interface ChunkChoice {
  /** Which answer; its place in the list says nothing. Every server known sends it. */
  readonly index?: number | null;
  /** Absent where Azure's asynchronous filter reports alone. */
  readonly delta?: Delta | null;
  /**
   * Why the choice ended; absent, `null` or `""` until then.
   *
   * `stop`, `length`, `tool_calls`, `content_filter`, `function_call` at OpenAI; others have words of their own, such
   * as `eos` (Together). `stop` may stand at the end of tool calls, and OpenRouter says it twice.
   */
  readonly finish_reason?: string | null;
  /** A list of tokens; Together sends the bare number of one token. */
  readonly logprobs?: Logprobs | number | null;
  /** Moonshot counts here and not on the chunk. */
  readonly usage?: Usage | null;
}

/** The codec of {@link ChunkChoice}. */
export const ChunkChoice: t.Type<ChunkChoice, unknown> = t.partial(
  {
    index: nullable(t.number),
    delta: nullable(Delta),
    finish_reason: nullable(t.string),
    logprobs: nullable(t.union([Logprobs, t.number])),
    usage: nullable(Usage),
  },
  'ChunkChoice',
);
