import { isRight, right } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { markedChunk } from '../codec/mark';
import type { Decoded } from '../decode/decode';
import { TruncatedError, type ServerError } from '../errors';
import { choiceIndex } from '../fold/choices';
import { isFinishReason } from '../fold/isFinishReason';
import { COMPLETE } from '../rx/concatItems';
import { DONE, Failure, type Payload } from './payload';
import { errorWithoutChoices, seemsFailed } from './errors/serverError';

type Chunk = Decoded<ChatCompletionChunk>;
type Item = Chunk | TruncatedError | ServerError | typeof COMPLETE;

/**
 * The end of one stream of chunks, and the rule that decides it.
 *
 * | finish reasons seen | `[DONE]` seen | result |
 * | --- | --- | --- |
 * | of each choice that has begun | either | complete |
 * | not of each, or none | yes | complete, after a chunk with the mark `ended-without-reason` |
 * | not of each, or none | no | {@link TruncatedError} |
 *
 * After a failure the result is its error. A stream without choices results in the error of its first payload, whatever its shape;
 * one that is not complete, in that of a payload without choices that {@link seemsFailed}.
 * OpenAI's audio models and Snowflake never send a finish reason, and a LiteLLM proxy sends only that of the first choice.
 */
export class Ending {
  readonly #finished = new Set<number>();
  readonly #unfinished = new Set<number>();
  #failure: ServerError | undefined;
  /** The error of the first payload of an unknown kind, and of the first one that seems to have failed. */
  #unexplained: ServerError | undefined;
  #failing: ServerError | undefined;
  #hasUsage = false;

  /**
   * The payloads that may still follow: anything before the finish reasons, then usage.
   *
   * `answer` until every choice that has begun has its finish reason, then `usage` until that has arrived, then `none`. After a
   * failure only usage is of interest.
   */
  get missing(): 'answer' | 'usage' | 'usage of a failure' | 'none' {
    if (this.#failure !== undefined) return 'usage of a failure';
    if (!this.isFinished) return 'answer';
    return this.#hasUsage ? 'none' : 'usage';
  }

  /** Whether every choice that has begun has its finish reason. */
  get isFinished(): boolean {
    return this.#finished.size > 0 && this.#unfinished.size === 0;
  }

  /** Adds a payload, and returns the items to emit for it. */
  add(payload: Payload): readonly Item[] {
    if (payload === DONE) return [...this.end(true), COMPLETE];
    if (payload instanceof Failure) return this.#fail(payload);
    // Usage follows the error at once, or not at all.
    if (this.#failure !== undefined) return isUsage(payload) ? [payload, this.#failure] : [this.#failure];
    if (isRight(payload)) this.#addChunk(payload.right);
    // No object: `null`, `[END]`, or words of a proxy.
    else if (this.isFinished && !payload.left.raw.includes('{')) return [];
    return [payload];
  }

  /**
   * Returns the items to emit when nothing more arrives.
   *
   * @param done - Whether `[DONE]` has arrived.
   */
  end(done: boolean): ReadonlyArray<Chunk | TruncatedError | ServerError> {
    if (this.#failure !== undefined) return [this.#failure];
    if (this.isFinished) return [];
    const error = this.#failing ?? (this.#unfinished.size === 0 ? this.#unexplained : undefined);
    if (error) return [error];
    return done ? [right(markedChunk({ kind: 'ended-without-reason' }))] : [new TruncatedError()];
  }

  #fail({ error, chunk }: Failure): readonly Item[] {
    this.#failure ??= error;
    const chunks = chunk === undefined ? [] : [right(chunk)];
    return chunks.some(isUsage) ? [...chunks, this.#failure] : chunks;
  }

  #addChunk(chunk: ChatCompletionChunk): void {
    const { choices, usage } = chunk;
    this.#unexplained ??= errorWithoutChoices(chunk);
    if (!choices?.length && seemsFailed(chunk)) this.#failing ??= errorWithoutChoices(chunk);
    if (usage) this.#hasUsage = true;
    let place = 0;
    for (const choice of choices ?? []) {
      if (choice.usage) this.#hasUsage = true; // Moonshot.
      this.#addChoice(choiceIndex(choice, place), isFinishReason(choice.finish_reason));
      place += 1;
    }
  }

  #addChoice(choice: number, finished: boolean): void {
    if (finished) {
      this.#finished.add(choice);
      this.#unfinished.delete(choice);
    } else if (!this.#finished.has(choice)) {
      this.#unfinished.add(choice);
    }
  }
}

const isUsage = (payload: Chunk): boolean => isRight(payload) && Boolean(payload.right.usage);
