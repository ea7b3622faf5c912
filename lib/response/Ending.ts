import { isRight, right } from 'fp-ts/Either';

import { TruncatedError } from '../errors';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import { markedChunk } from '../codec/mark';

/**
 * How a stream of chunks ends: the whole rule, kept for one stream.
 *
 * | finish reasons seen | `[DONE]` seen | result |
 * | --- | --- | --- |
 * | of each choice that has begun | either | complete |
 * | not of each, or none | yes | complete, after a chunk that is marked so |
 * | not of each, or none | no | {@link TruncatedError} |
 *
 * OpenAI's audio models and Snowflake never send a reason, a LiteLLM proxy only that of the first choice. A finish reason
 * never ends a stream: usage follows it.
 */
export class Ending {
  readonly #finished = new Set<number>();
  readonly #unfinished = new Set<number>();
  /** The choice that went on last, which is the one that goes on again. */
  #open: number | undefined;

  /** Another payload was decoded. */
  saw(decoded: Decoded<ChatCompletionChunk>): void {
    if (!isRight(decoded)) return;
    const { choices } = decoded.right;
    for (let position = 0; position < (choices?.length ?? 0); position += 1) {
      const entry = choices?.[position];
      if (entry !== undefined) this.#sawChoice(entry.index ?? position, Boolean(entry.finish_reason));
    }
  }

  #sawChoice(choice: number, finished: boolean): void {
    if (finished) {
      this.#finished.add(choice);
      this.#unfinished.delete(choice);
      this.#open = undefined;
    } else if (choice !== this.#open && !this.#finished.has(choice)) {
      this.#unfinished.add(choice);
      this.#open = choice;
    }
  }

  /**
   * What is left to say when nothing more comes; a {@link TruncatedError} when the answer has not ended.
   *
   * @param done - Whether `[DONE]` has come.
   */
  last(done: boolean): ReadonlyArray<Decoded<ChatCompletionChunk> | TruncatedError> {
    if (this.#finished.size > 0 && this.#unfinished.size === 0) return [];
    if (done) return [right(markedChunk({ kind: 'ended-without-reason' }))];
    return [new TruncatedError()];
  }
}
