import { left, type Either } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import { isEndWithoutReason } from '../../codec/mark';
import { CutOffError, RefusalError, type BadJson, type OutputError, type SchemaMismatch } from '../../errors';
import type { ChoiceOptions } from '../../fold/choices';
import { finishReasonOf, refusalOf } from '../../fold/completion';
import { endsEarly } from '../../fold/endsEarly';

/** The known reasons for the end of an answer. */
export interface OutputEnding {
  readonly finishReason: string | null;
  /** Whether the server ended the answer without a finish reason. */
  readonly endedWithoutReason: boolean;
  readonly refusal: string;
}

/** The ending before the first chunk. */
export const notEnded: OutputEnding = { finishReason: null, endedWithoutReason: false, refusal: '' };

/** Adds a chunk to an ending. */
export const addEnding = (
  { finishReason, endedWithoutReason, refusal }: OutputEnding,
  chunk: ChatCompletionChunk,
  options: ChoiceOptions,
): OutputEnding => ({
  finishReason: finishReasonOf(chunk, options) ?? finishReason,
  endedWithoutReason: endedWithoutReason || isEndWithoutReason(chunk),
  refusal: refusal + refusalOf(chunk, options),
});

/** A text that may contain JSON. */
interface OutputText {
  readonly done: boolean;
  readonly text: string;
}

/**
 * Returns the result of an answer. Complete JSON is decoded, whatever the finish reason is.
 *
 * @param decode - Decodes the text. Not called for an answer that was cut off.
 */
export function outcomeOf<A>(
  { finishReason, endedWithoutReason, refusal }: OutputEnding,
  { done, text }: OutputText,
  decode: () => Either<BadJson | SchemaMismatch, A>,
): Either<OutputError, A> {
  if (done) return decode();
  if (refusal !== '') return left(new RefusalError(refusal));
  const isComplete = finishReason === null ? endedWithoutReason : !endsEarly(finishReason);
  return isComplete ? decode() : left(new CutOffError(finishReason, text));
}
