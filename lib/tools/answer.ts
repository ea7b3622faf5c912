import type { ChatCompletion, CompletionChoice } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { CompletionMessage } from '../codec/CompletionMessage';
import { markOf } from '../codec/mark';
import { callsIn } from '../fold/AccumulatedToolCall';
import { addChunk, emptyCompletion } from '../fold/completion';
import { finishKind } from '../fold/finishReason';

/** An answer that is being received. */
export interface Answer {
  readonly completion: ChatCompletion;
  /** Whether the server ended the answer without a finish reason. */
  readonly endedWithoutReason: boolean;
}

/** The answer before the first chunk. */
export const noAnswer: Answer = { completion: emptyCompletion, endedWithoutReason: false };

/** Adds a chunk to an answer. A restart resets it. */
export function addToAnswer({ completion, endedWithoutReason }: Answer, chunk: ChatCompletionChunk): Answer {
  const kind = markOf(chunk)?.kind;
  return {
    completion: addChunk(completion, chunk),
    endedWithoutReason: kind === 'ended-without-reason' || (endedWithoutReason && kind !== 'restarted'),
  };
}

/** The result of a completed answer. */
export interface Outcome {
  readonly message: CompletionMessage;
  /** Whether the answer is complete, not cut off. */
  readonly isComplete: boolean;
}

/**
 * Returns the outcome of the first choice.
 *
 * An answer with calls is complete only after a finish reason that is known to be good. Arguments that are not JSON do not matter
 * here, because the model can correct them.
 */
export function outcomeOf({ completion, endedWithoutReason }: Answer): Outcome {
  const choice = firstChoice(completion);
  const kind = finishKind(choice.finish_reason);
  const hasCalls = callsIn(choice.message).length > 0;
  return {
    message: choice.message ?? {},
    isComplete:
      kind === 'finished' || (!hasCalls && (kind === 'unknown' || (kind === 'none' && endedWithoutReason))),
  };
}

/** Returns the choice of index 0, an empty one if there is none. */
export const firstChoice = ({ choices }: ChatCompletion): CompletionChoice =>
  choices.find(({ index }, place) => (index ?? place) === 0) ?? {};
