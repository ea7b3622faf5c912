import { isRight } from 'fp-ts/Either';
import { asyncScheduler, defer, tap, type MonoTypeOperatorFunction, type TimestampProvider } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import { markOf } from '../codec/mark';
import type { Usage } from '../codec/Usage';
import { usageOf } from '../fold/completion';
import { hasOutput } from '../fold/hasOutput';
import { reasoningIn } from '../fold/reasoning';

/** How an attempt at an answer went, in milliseconds and tokens. */
export interface ChatMetrics {
  /** Which attempt it was; more than 1 after `retryChat({ restart: true })` above began anew. */
  readonly attempt: number;
  /**
   * How it ended: the model had ended it, an error did, or somebody let go of it first. `restarted` when the next attempt
   * takes its place.
   */
  readonly end: 'done' | 'failed' | 'stopped' | 'restarted';
  /**
   * From the subscription to the first piece of the answer, reasoning included; `null` when none came. An answer that
   * began anew is measured from its first chunk.
   */
  readonly firstTokenMs: number | null;
  /** From there to the end. */
  readonly totalMs: number;
  /** Tokens written, reasoning included: as the server counts them, else one for each chunk that brought a piece. */
  readonly tokens: number;
  /** Whether `tokens` is a guess, since the server counted none, as when an answer is stopped before its usage comes. */
  readonly estimated: boolean;
  /**
   * Tokens in each second from the first piece to the last; `null` when all came at once. Reasoning that was counted and not
   * shown was written before that and is left out.
   */
  readonly tokensPerSecond: number | null;
}

/** What {@link tapMetrics} can be told. */
export interface TapMetricsOptions {
  /** The clock, in milliseconds; any scheduler is one, and so is `performance`. Default RxJS's `asyncScheduler`. */
  readonly clock?: TimestampProvider;
}

/**
 * Tells how a call went, once it has ended, and passes everything on as it is.
 *
 * Put it above the folds. Below `retryChat` it measures what the reader went through, waits and all; above it, each request.
 *
 * ```text
 * source:          --h-l-f-u|     h, l = text, f = finish reason, u = usage
 * tapMetrics(report): --h-l-f-u|     report({ firstTokenMs: 2, totalMs: 9, … }) before the end
 * ```
 *
 * @param report - Told of each attempt of each subscription, however it ends: before the error or the completion is passed
 * on, or when it is let go of.
 * @param options - A clock.
 * @returns An operator that errors with what `report` throws; when it is let go of there is nobody left to tell, and
 * `report` must not throw.
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
      let attempt: Attempt | undefined = new Attempt(1, clock);
      const end = (how: ChatMetrics['end']): void => {
        const ended = attempt;
        // A report that throws ends the stream: it is not told of the same attempt once more.
        attempt = undefined;
        if (ended !== undefined) report(ended.metrics(how));
      };
      const see = (chunk: ChatCompletionChunk): void => {
        const mark = markOf(chunk);
        if (mark?.kind === 'restarted') {
          end('restarted');
          attempt = new Attempt(mark.attempt, clock);
        }
        attempt?.saw(chunk);
      };
      return decoded$.pipe(
        tap({
          next: (decoded) => {
            if (isRight(decoded)) see(decoded.right);
          },
          error: () => end('failed'),
          complete: () => end(attempt?.hasEnded === true ? 'done' : 'stopped'),
          unsubscribe: () => end('stopped'),
        }),
      );
    });
}

/** What is known of one attempt. */
class Attempt {
  readonly #beganAt: number;
  #firstAt: number | null = null;
  #lastAt = 0;
  #pieces = 0;
  #showsReasoning = false;
  #usage: Usage | null = null;
  #hasEnded = false;

  constructor(
    private readonly attempt: number,
    private readonly clock: TimestampProvider,
  ) {
    this.#beganAt = clock.now();
  }

  /** Whether the model has ended a choice, or the server the answer. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  saw(chunk: ChatCompletionChunk): void {
    const choices = chunk.choices ?? [];
    this.#usage = usageOf(chunk) ?? this.#usage;
    this.#hasEnded ||=
      markOf(chunk)?.kind === 'ended-without-reason' || choices.some(({ finish_reason }) => finish_reason);
    if (!hasOutput(chunk)) return;
    this.#pieces += 1;
    this.#lastAt = this.clock.now();
    this.#firstAt ??= this.#lastAt;
    this.#showsReasoning ||= choices.some(({ delta }) => reasoningIn(delta ?? {}) !== '');
  }

  metrics(end: ChatMetrics['end']): ChatMetrics {
    const { written, reasoning } = countOf(this.#usage);
    const tokens = written > 0 ? written : this.#pieces;
    const shown = this.#showsReasoning || reasoning >= tokens ? tokens : tokens - reasoning;
    const seconds = (this.#lastAt - (this.#firstAt ?? 0)) / 1_000;
    return {
      attempt: this.attempt,
      end,
      firstTokenMs: this.#firstAt === null ? null : this.#firstAt - this.#beganAt,
      totalMs: this.clock.now() - this.#beganAt,
      tokens,
      estimated: !(written > 0),
      // The first piece took no time that is known.
      tokensPerSecond: shown > 1 && seconds > 0 ? (shown - 1) / seconds : null,
    };
  }
}

/** The tokens that a server counts for what the model has written, and those among them that are reasoning. */
function countOf(usage: Usage | null): { readonly written: number; readonly reasoning: number } {
  const prompt = usage?.prompt_tokens ?? 0;
  const completion = usage?.completion_tokens ?? 0;
  const reasoning = usage?.completion_tokens_details?.reasoning_tokens ?? 0;
  // xAI's `completion_tokens` leave the reasoning out, as the total gives away.
  const isBeside = usage?.total_tokens === prompt + completion + reasoning;
  return { written: isBeside ? completion + reasoning : completion, reasoning };
}
