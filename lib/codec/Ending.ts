import { isRight } from 'fp-ts/Either';

import { TruncatedError } from '../errors';
import type { ChatCompletionChunk } from './ChatCompletionChunk';
import type { Decoded } from './decode';
import { markedChunk } from './mark';

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
  #done = false;

  /** `[DONE]` has come. */
  done(): void {
    this.#done = true;
  }

  /** Another payload was decoded. */
  saw(decoded: Decoded<ChatCompletionChunk>): void {
    if (!isRight(decoded)) return;
    decoded.right.choices?.forEach(({ index, finish_reason }, position) => {
      const choice = index ?? position;
      if (finish_reason) {
        this.#finished.add(choice);
        this.#unfinished.delete(choice);
      } else if (!this.#finished.has(choice)) {
        this.#unfinished.add(choice);
      }
    });
  }

  /**
   * What is left to say when nothing more comes.
   *
   * @throws TruncatedError when the answer has not ended.
   */
  last(): readonly ChatCompletionChunk[] {
    if (this.#finished.size > 0 && this.#unfinished.size === 0) return [];
    if (this.#done) return [markedChunk({ kind: 'ended-without-reason' })];
    throw new TruncatedError();
  }
}
