import type { TimestampProvider } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Usage } from '../codec/Usage';
import type { RateLimit } from '../errors';
import { usageOf } from '../fold/completion';
import { isFinishReason } from '../fold/isFinishReason';
import { redactIn, type Redact } from '../request/redact';
import { rateLimitOf } from '../response/errors/rateLimit';
import { requestIdOf } from '../transport/requestId';
import type { ResponseHead } from '../transport/transport';
import type { ChatHooks, CompletedCall } from './ChatHooks';

/** The facts of one call that its hooks receive, collected while it runs. */
export class CallReport {
  readonly #hooks: ChatHooks;
  readonly #clock: TimestampProvider;
  readonly #finishReasons = new Map<number, string>();
  #usage: Usage | null = null;
  #requestId: string | null = null;
  #rateLimit: RateLimit | null = null;
  #hasOutput = false;

  /** @param clock - Clock for the times at which rate limits are reset. */
  constructor(hooks: ChatHooks, clock: TimestampProvider) {
    this.#hooks = hooks;
    this.#clock = clock;
  }

  /** Whether a hook depends on the values of the call. */
  get readsValues(): boolean {
    const { onFirstOutput, onUsage, onComplete } = this.#hooks;
    return Boolean(onFirstOutput ?? onUsage ?? onComplete);
  }

  /** @param redact - Redacts the secrets of the request, which a server may repeat in its headers. */
  addHead(received: ResponseHead, redact: Redact): void {
    const { onComplete, onHead } = this.#hooks;
    if (!onComplete && !onHead) return;
    const head = redactIn(received, redact);
    if (onComplete) {
      this.#requestId = requestIdOf(head);
      this.#rateLimit = rateLimitOf(head.headers, this.#clock.now());
    }
    this.#hooks.onHead?.(head);
  }

  /**
   * Adds a chunk, or a completion that is not streamed.
   *
   * @param hasOutput - Whether a chunk has output. Without it, no first output is reported.
   */
  add(chunk: ChatCompletionChunk, hasOutput?: (chunk: ChatCompletionChunk) => boolean): void {
    chunk.choices?.forEach(({ index, finish_reason }, position) => {
      if (isFinishReason(finish_reason)) this.#finishReasons.set(index ?? position, finish_reason);
    });
    const usage = usageOf(chunk);
    if (usage !== null) {
      this.#usage = usage;
      this.#hooks.onUsage?.(usage);
    }
    if (!this.#hasOutput && hasOutput?.(chunk)) {
      this.#hasOutput = true;
      this.#hooks.onFirstOutput?.();
    }
  }

  completed(): CompletedCall {
    return {
      finishReasons: [...this.#finishReasons].sort(([a], [b]) => a - b).map(([, reason]) => reason),
      usage: this.#usage,
      requestId: this.#requestId,
      rateLimit: this.#rateLimit,
    };
  }
}
