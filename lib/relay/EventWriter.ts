import { identity } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { isRestart, markOf } from '../codec/mark';
import type { Decoded } from '../decode/decode';
import { ServerError } from '../errors';
import { isUnwrapped, type ChunkErrorPolicy } from '../operators/either/unwrap';
import { isOutput } from '../operators/resilience/isOutput';
import type { ItemReader } from '../rx/concatItems';
import { failureEvent } from './failure';
import { createSlimmer } from './slim';

/** Options for {@link EventWriter}. */
export interface WriterOptions {
  readonly slim: boolean;
  readonly exposeErrors: boolean;
  readonly onChunkError: ChunkErrorPolicy;
  /** Whether a chunk that has only usage is written. Clients that did not request it expect a choice in each chunk. */
  readonly hasUsage: boolean;
  /** Called with an error, before its event. It must not throw. */
  readonly onError?: (error: unknown) => void;
}

/** Writes the chunks of one answer as events. One step for each chunk: this is the hot path of a relay. */
export class EventWriter implements ItemReader<Decoded<ChatCompletionChunk>, string> {
  readonly #options: WriterOptions;
  /** Returns what is written of a chunk. */
  readonly #shape: (chunk: ChatCompletionChunk) => ChatCompletionChunk;
  /** The chunks before the first output; `undefined` after it. */
  #held: ChatCompletionChunk[] | undefined = [];
  /** The last event: the end of a complete answer, or its failure. */
  #last = 'data: [DONE]\n\n';

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#shape = options.slim ? createSlimmer() : identity;
  }

  /**
   * Returns the events of a chunk: none before the first output.
   *
   * @throws ChunkFailed at a chunk that cannot be decoded, if that is the policy; ServerError at a restart after output.
   */
  read(decoded: Decoded<ChatCompletionChunk>): readonly string[] {
    const { onChunkError, hasUsage } = this.#options;
    if (!isUnwrapped(decoded, onChunkError)) return [];
    const chunk = decoded.right;
    if (isRestart(chunk)) {
      if (this.#held === undefined) throw restarted();
      this.#held = []; // of the attempt before, which may be that of another model
    }
    // The protocol cannot carry a mark. A reader of [DONE] without a finish reason sets its own.
    if (markOf(chunk) !== undefined || (!hasUsage && isUsageOnly(chunk))) return [];
    if (this.#held === undefined) return [this.#write(chunk)];
    this.#held.push(chunk);
    return isOutput(chunk) || this.#held.length === MOST_HELD ? this.#release() : [];
  }

  /** Returns the last events. */
  end(): readonly string[] {
    return [...this.#release(), this.#last];
  }

  /** Whether an error becomes an event, because others precede it. */
  isEnd(error: unknown): boolean {
    const { onError, exposeErrors } = this.#options;
    onError?.(error);
    if (this.#held !== undefined) return false;
    this.#last = failureEvent(error, exposeErrors);
    return true;
  }

  #release(): readonly string[] {
    const held = this.#held ?? [];
    this.#held = undefined;
    return held.map((chunk) => this.#write(chunk));
  }

  #write(chunk: ChatCompletionChunk): string {
    return `data: ${JSON.stringify(this.#shape(chunk))}\n\n`;
  }
}

/** Whether a chunk has usage and nothing else. */
const isUsageOnly = ({ usage, choices }: ChatCompletionChunk): boolean => Boolean(usage) && !choices?.length;

/** The most chunks that are held. A server that sends more without output may send them without end. */
const MOST_HELD = 1_000;

const restarted = (): ServerError =>
  new ServerError({
    serverMessage: 'the answer was restarted after output: send the request again',
    code: 503,
    retryable: true,
  });
