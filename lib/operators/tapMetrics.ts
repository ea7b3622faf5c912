import { isRight } from 'fp-ts/Either';
import { asyncScheduler, defer, tap, type MonoTypeOperatorFunction, type TimestampProvider } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { isEndWithoutReason, markOf } from '../codec/mark';
import type { Usage } from '../codec/Usage';
import type { Decoded } from '../decode/decode';
import { usageOf } from '../fold/completion';
import { tokensIn } from '../fold/costOf';
import { hasOutput } from '../fold/hasOutput';
import { isFinishReason } from '../fold/isFinishReason';
import { reasoningIn } from '../fold/reasoning';
import { callIsolated } from '../rx/callIsolated';
import { clockOf } from '../rx/clockOf';

/** Metrics of one attempt at an answer, in milliseconds and tokens. */
export interface ChatMetrics {
  /** Number of the attempt; more than 1 after a restart by `retryChat({ restart: true })` above. */
  readonly attempt: number;
  /**
   * End of the attempt: `done` when the model ended it, `failed` by an error, `stopped` when it was unsubscribed from or cut
   * short, `restarted` when the next attempt replaced it. An attempt that was replaced before any output is not reported; its
   * time is part of the next one.
   */
  readonly end: 'done' | 'failed' | 'stopped' | 'restarted';
  /**
   * Time from the subscription to the first output, reasoning included; `null` without output. An attempt after a restart
   * is measured from its first chunk.
   */
  readonly firstTokenMs: number | null;
  /** Time from the subscription, or from that first chunk, to the end. */
  readonly totalMs: number;
  /** Completion tokens, reasoning included: the server's count, else one for each chunk with output. */
  readonly tokens: number;
  /** Whether `tokens` is an estimate, because no usage was received, as when an answer is stopped early. */
  readonly estimated: boolean;
  /**
   * Tokens per second from the first output to the last; `null` when all output arrived at once. Reasoning that was counted
   * but not sent was generated before that and is excluded.
   */
  readonly tokensPerSecond: number | null;
}

/** Options for {@link tapMetrics}. */
export interface TapMetricsOptions {
  /**
   * Clock in milliseconds, such as a scheduler. Default RxJS's `asyncScheduler`.
   *
   * A clock that shows the system time is replaced by `performance`, which does not follow its changes.
   */
  readonly clock?: TimestampProvider;
}

/**
 * Reports time and tokens of a call when it ends; passes every value through.
 *
 * Put it above the folds. Below `retryChat` it measures the reader's view, waits included; above it, each request.
 *
 * ```text
 * source:             --h-l-f-u|     h, l = text, f = finish reason, u = usage
 * tapMetrics(report): --h-l-f-u|     report({ firstTokenMs: 2, totalMs: 9, … }) before the end
 * ```
 *
 * @param report - Receives the metrics of each attempt of each subscription: before the error or the completion is passed
 * on, or at unsubscription.
 * @param options - A clock.
 * @returns An operator that errors with a value that `report` throws. At unsubscription, where an error cannot be delivered, RxJS
 * reports it as unhandled.
 *
 * @example
 * ```ts
 * import { accumulateContent, chatCompletion$, tapMetrics } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   tapMetrics(({ firstTokenMs, tokensPerSecond }) => console.log(firstTokenMs, tokensPerSecond)),
 *   accumulateContent(),
 * );
 * ```
 */
export function tapMetrics(
  report: (metrics: ChatMetrics) => void,
  { clock = asyncScheduler }: TapMetricsOptions = {},
): MonoTypeOperatorFunction<Decoded<ChatCompletionChunk>> {
  return (decoded$) =>
    defer(() => {
      const now = clockOf(clock);
      let attempt: Attempt | undefined = new Attempt(1, now, now());
      const finish = (end: ChatMetrics['end']): void => {
        const finished = attempt;
        // A report that throws ends the stream, which must not report the same attempt again.
        attempt = undefined;
        if (finished !== undefined) report(finished.metrics(end));
      };
      const add = (chunk: ChatCompletionChunk): void => {
        const mark = markOf(chunk);
        if (mark?.kind === 'restarted') {
          // An attempt without output is not reported: the next one continues its time.
          const startedAt = attempt?.hasOutput === false ? attempt.startedAt : now();
          if (attempt?.hasOutput === true) finish('restarted');
          attempt = new Attempt(mark.attempt, now, startedAt);
        }
        attempt?.add(chunk);
      };
      return decoded$.pipe(
        tap({
          next: (decoded) => {
            if (isRight(decoded)) add(decoded.right);
          },
          error: () => finish('failed'),
          complete: () => finish(attempt?.hasEnded === true ? 'done' : 'stopped'),
          unsubscribe: () => callIsolated(() => finish('stopped')),
        }),
      );
    });
}

/** Measurements of one attempt. */
class Attempt {
  #firstAt: number | null = null;
  #lastAt = 0;
  #outputs = 0;
  #sendsReasoning = false;
  #usage: Usage | null = null;
  #hasEnded = false;

  constructor(
    private readonly attempt: number,
    private readonly now: () => number,
    readonly startedAt: number,
  ) {}

  get hasOutput(): boolean {
    return this.#firstAt !== null;
  }

  /** Whether a finish reason or the end of the answer has been received. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  add(chunk: ChatCompletionChunk): void {
    const choices = chunk.choices ?? [];
    this.#usage = usageOf(chunk) ?? this.#usage;
    this.#hasEnded ||=
      isEndWithoutReason(chunk) || choices.some(({ finish_reason }) => isFinishReason(finish_reason));
    if (!hasOutput(chunk)) return;
    this.#outputs += 1;
    this.#lastAt = this.now();
    this.#firstAt ??= this.#lastAt;
    this.#sendsReasoning ||= choices.some(({ delta }) => reasoningIn(delta ?? {}) !== '');
  }

  metrics(end: ChatMetrics['end']): ChatMetrics {
    const { completion, reasoning } = tokensIn(this.#usage);
    const tokens = completion > 0 ? completion : this.#outputs;
    const received = this.#sendsReasoning || reasoning >= tokens ? tokens : tokens - reasoning;
    const seconds = (this.#lastAt - (this.#firstAt ?? 0)) / 1_000;
    return {
      attempt: this.attempt,
      end,
      firstTokenMs: this.#firstAt === null ? null : this.#firstAt - this.startedAt,
      totalMs: this.now() - this.startedAt,
      tokens,
      estimated: !(completion > 0),
      // The time that the first output took is not known.
      tokensPerSecond: received > 1 && seconds > 0 ? (received - 1) / seconds : null,
    };
  }
}
