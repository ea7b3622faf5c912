import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { CompletionMessage } from '../codec/CompletionMessage';
import { markOf } from '../codec/mark';
import { addChunk, emptyCompletion } from '../fold/completion';
import { finishKind } from '../fold/finishReason';
import { callsIn } from './assistantTurn';

/** An answer while it comes. */
export interface Answer {
  readonly completion: ChatCompletion;
  /** The server said that the answer is complete, though not why. */
  readonly endedWithoutReason: boolean;
}

/** Before the first chunk. */
export const noAnswer: Answer = { completion: emptyCompletion, endedWithoutReason: false };

/** The answer with one more chunk; a restart voids what came before it. */
export function addToAnswer({ completion, endedWithoutReason }: Answer, chunk: ChatCompletionChunk): Answer {
  const kind = markOf(chunk)?.kind;
  return {
    completion: addChunk(completion, chunk),
    endedWithoutReason: kind === 'ended-without-reason' || (endedWithoutReason && kind !== 'restarted'),
  };
}

/** What a loop has to know of an answer that has ended. */
export interface Outcome {
  readonly message: CompletionMessage;
  /** Whether the answer came to its end, without being cut off. */
  readonly isWhole: boolean;
}

/**
 * The outcome of the first choice.
 *
 * Calls are whole only after a finish reason that is known to be good. Whether their arguments are JSON is another question: a
 * model can correct them.
 */
export function outcomeOf({ completion, endedWithoutReason }: Answer): Outcome {
  const choice = completion.choices.find(({ index }, place) => (index ?? place) === 0) ?? {};
  const kind = finishKind(choice.finish_reason);
  const hasCalls = callsIn(choice.message ?? {}).length > 0;
  return {
    message: choice.message ?? {},
    isWhole:
      kind === 'finished' || (!hasCalls && (kind === 'unknown' || (kind === 'none' && endedWithoutReason))),
  };
}
