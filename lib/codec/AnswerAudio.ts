import * as t from 'io-ts';

import { nullable } from './nullable';

/**
 * A spoken answer, or a piece of one; OpenAI's audio models.
 *
 * @example The sound of a whole answer
 * ```ts
 * import { emptyCompletion } from 'rxjs-chat-completions';
 *
 * const spoken = emptyCompletion.choices[0]?.message?.audio;
 * const bytes = Uint8Array.from(atob(spoken?.data ?? ''), (c) => c.charCodeAt(0));
 * ```
 */
export interface AnswerAudio {
  /** Stands for the whole sound in the next request. */
  readonly id?: string | null;
  /** Sound in base64, in the format that was asked for. */
  readonly data?: string | null;
  /** What is said. */
  readonly transcript?: string | null;
  /** Until when the server knows the `id`, in seconds since 1970. Comes after the usage when streamed. */
  readonly expires_at?: number | null;
}

/** The codec of {@link AnswerAudio}. */
export const AnswerAudio: t.Type<AnswerAudio, unknown> = t.partial(
  {
    id: nullable(t.string),
    data: nullable(t.string),
    transcript: nullable(t.string),
    expires_at: nullable(t.number),
  },
  'AnswerAudio',
);
