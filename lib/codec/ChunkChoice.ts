import type * as t from 'io-ts';

import { choiceFields } from './choiceFields';
import { toFields } from './coerce';
import { coerced } from './coerced';
import type { CompletionMessage } from './CompletionMessage';
import { Delta } from './Delta';
import { fields } from './fields';
import { lenient } from './lenient';
import type { Logprobs } from './Logprobs';
import { nullable } from './nullable';
import { Usage } from './Usage';

/**
 * The addition of a chunk to one of the `n` answers.
 *
 * @example
 * ```ts
 * import type { ChunkChoice } from 'rxjs-chat-completions';
 *
 * const hasEnded = ({ finish_reason }: ChunkChoice): boolean => Boolean(finish_reason);
 * ```
 */
export interface ChunkChoice {
  /** Index of the answer, which its position in the list is not. Every known server sends it. */
  readonly index?: number | null;
  /** Absent in reports of Azure's asynchronous filter. */
  readonly delta?: Delta | null;
  /** The complete message, from servers that send it in place of a delta. */
  readonly message?: CompletionMessage | null;
  /**
   * Why the choice ended; absent, `null` or `""` until then.
   *
   * `stop`, `length`, `tool_calls`, `content_filter`, `function_call` at OpenAI. Other servers have other values, such as
   * `eos` (Together). Tool calls may end with `stop`, and OpenRouter sends the reason twice.
   */
  readonly finish_reason?: string | null;
  /** A list of tokens; Together sends the number of a single token. */
  readonly logprobs?: Logprobs | number | null;
  /** Usage of Moonshot, which has none on the chunk. */
  readonly usage?: Usage | null;
}

/** The codec of {@link ChunkChoice}. */
export const ChunkChoice: t.Type<ChunkChoice, unknown> = fields(
  {
    ...choiceFields,
    delta: coerced(nullable(Delta), toFields),
    usage: lenient(Usage),
  },
  'ChunkChoice',
);
