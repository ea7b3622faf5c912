import type * as t from 'io-ts';

import { fields } from './fields';
import { lenientNumber, lenientText } from './scalars';

/**
 * A spoken answer, or a fragment of one; OpenAI's audio models.
 *
 * @example Decode the audio of a completion
 * ```ts
 * import { emptyCompletion } from 'rxjs-chat-completions/fold';
 *
 * const spoken = emptyCompletion.choices[0]?.message?.audio;
 * const bytes = Uint8Array.from(atob(spoken?.data ?? ''), (c) => c.charCodeAt(0));
 * ```
 */
export interface AnswerAudio {
  /** Refers to the audio in the next request. */
  readonly id?: string | null;
  /** Audio in base64, in the requested format. */
  readonly data?: string | null;
  /** Transcript of the audio. */
  readonly transcript?: string | null;
  /** Time at which the `id` expires, in seconds since 1970. In a stream it arrives after the usage. */
  readonly expires_at?: number | null;
}

/** The codec of {@link AnswerAudio}. */
export const AnswerAudio: t.Type<AnswerAudio, unknown> = fields(
  {
    id: lenientText,
    data: lenientText,
    transcript: lenientText,
    expires_at: lenientNumber,
  },
  'AnswerAudio',
);
