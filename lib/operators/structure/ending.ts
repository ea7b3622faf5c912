import { left, type Either } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import { markOf } from '../../codec/mark';
import { CutOffError, RefusalError, type BadJson, type OutputError, type SchemaMismatch } from '../../errors';
import type { ChoiceOptions } from '../../fold/choices';
import { finishReasonOf, refusalOf } from '../../fold/completion';
import { finishKind, type FinishKind } from '../../fold/finishReason';

/** Why an answer has ended, as far as it is known. */
export interface OutputEnding {
  readonly finishReason: string | null;
  /** Whether the server said that the answer is complete, but not why. */
  readonly endedWithoutReason: boolean;
  readonly refusal: string;
}

/** The ending of an answer that has not ended. */
export const notEnded: OutputEnding = { finishReason: null, endedWithoutReason: false, refusal: '' };

/** The ending, with one more chunk. */
export const addEnding = (
  { finishReason, endedWithoutReason, refusal }: OutputEnding,
  chunk: ChatCompletionChunk,
  options: ChoiceOptions,
): OutputEnding => ({
  finishReason: finishReasonOf(chunk, options) ?? finishReason,
  endedWithoutReason: endedWithoutReason || markOf(chunk)?.kind === 'ended-without-reason',
  refusal: refusal + refusalOf(chunk, options),
});

/** A text in which JSON is looked for. */
interface OutputText {
  readonly done: boolean;
  readonly text: string;
}

/**
 * What has become of an answer: what was read counts if its JSON has closed, whatever the reason for the end is.
 *
 * @param decode - Decodes what was read; not called for an answer that was cut off.
 */
export function outcomeOf<A>(
  { finishReason, endedWithoutReason, refusal }: OutputEnding,
  { done, text }: OutputText,
  decode: () => Either<BadJson | SchemaMismatch, A>,
): Either<OutputError, A> {
  if (done) return decode();
  if (refusal !== '') return left(new RefusalError(refusal));
  const isWhole = WHOLE.includes(finishKind(finishReason)) || (endedWithoutReason && finishReason === null);
  return isWhole ? decode() : left(new CutOffError(finishReason, text));
}

/** The kinds of reasons after which nothing more of the answer was to come. */
const WHOLE: readonly FinishKind[] = ['finished', 'unknown'];
