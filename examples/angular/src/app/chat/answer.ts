import { ChangeDetectionStrategy, Component, computed, input, linkedSignal, output } from '@angular/core';
import { isChatError, type PlannedRetry } from 'rxjs-chat-completions';
import type { ConversationAnswer } from 'rxjs-chat-completions/angular';

import { Failure } from '../failure/failure';
import { Markdown } from '../markdown/markdown';
import type { LiveMetrics } from './live-metrics';
import { mean, sparkline } from './sparkline';

/** Markdown characters that a screen reader would read out. */
const MARKS = /\*\*|~~|`+|^#+ |^> /gm;

/** Finish reasons of a complete answer. */
const COMPLETE: ReadonlySet<string> = new Set(['stop', 'tool_calls', 'function_call']);

/** One answer of the model, complete or not. */
@Component({
  selector: 'app-answer',
  imports: [Failure, Markdown],
  templateUrl: './answer.html',
  styleUrl: './answer.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Answer {
  readonly answer = input.required<ConversationAnswer>();
  /** Whether it is the last answer, which can be regenerated. */
  readonly last = input(false);
  readonly retry = input<PlannedRetry | null>(null);
  readonly retryIn = input<number | null>(null);
  readonly live = input<LiveMetrics | null>(null);
  readonly retryNow = output();
  readonly stop = output();

  readonly busy = computed(() => this.answer().status === 'waiting' || this.answer().status === 'streaming');
  readonly hasReasoning = computed(() => this.answer().reasoning !== '');
  readonly hasText = computed(() => this.answer().content !== '');
  /** Open until the answer starts. After that the reader opens and closes it. */
  readonly reasoningOpen = linkedSignal(() => !this.hasText());

  /** The way in which the answer ended, if a reader may miss something. */
  readonly ending = computed(() => {
    const { status, finishReason, content, refusal, images } = this.answer();
    if (status === 'stopped') return 'Stopped';
    if (finishReason !== null && !COMPLETE.has(finishReason))
      return `Incomplete: ${finishReason.replaceAll('_', ' ')}`;
    return status === 'done' && !content && !refusal && images.length === 0 ? 'Empty answer' : null;
  });

  /** Announced once, when the answer has ended. Announcing each token would flood a screen reader. */
  readonly announcement = computed(() => {
    if (this.busy()) return '';
    const { content, refusal } = this.answer();
    const text = `${content}${refusal}`.replace(MARKS, '').slice(0, 600);
    // An alert announces failures.
    const ending = this.ending();
    return ending === null ? text : `${ending}. ${text}`;
  });

  readonly ring = computed(() => {
    const planned = this.retry();
    return planned ? 1 - Math.max((this.retryIn() ?? 0) - 250, 0) / planned.delayMs : 0;
  });
  readonly seconds = computed(() => Math.ceil((this.retryIn() ?? 0) / 1_000));

  readonly failure = computed(() => {
    const { error } = this.answer();
    return error === null ? null : { title: titleOf(error), message: error.message };
  });
  /** The retry that this answer waits for; an answer on another branch may wait for it. */
  readonly planned = computed(() => {
    const planned = this.busy() ? this.retry() : null;
    return planned && { ...planned, title: titleOf(planned.error), message: planned.error.message };
  });

  readonly reasoningTitle = computed(() => {
    const { reasoningAt = null, textAt = null, elapsedMs = 0 } = this.live() ?? {};
    if (this.busy() && !this.hasText()) return 'Thinking…';
    return reasoningAt === null
      ? 'Reasoning'
      : `Thought for ${formatMs((textAt ?? elapsedMs) - reasoningAt)}`;
  });

  readonly metrics = computed(() => {
    const live = this.live();
    const { metrics } = this.answer();
    if (metrics === null) {
      // Streaming: the tokens counted so far, and the rate of the last second.
      if (!this.busy() || live === null || this.retry() !== null) return null;
      return {
        first: null,
        rate: live.rates.length === 0 ? null : formatRate(mean(live.rates.slice(-4))),
        tokens: live.tokens === 0 ? null : formatTokens(live.tokens, false),
        total: formatMs(live.elapsedMs),
      };
    }
    if (metrics.firstTokenMs === null) return null;
    return {
      first: formatMs(metrics.firstTokenMs),
      rate: metrics.tokensPerSecond === null ? null : formatRate(metrics.tokensPerSecond),
      tokens: formatTokens(metrics.tokens, metrics.estimated),
      total: formatMs(metrics.totalMs),
    };
  });
  readonly copied = linkedSignal({ source: this.answer, computation: () => false });
  readonly spark = computed(() => sparkline(this.live()?.rates ?? [], 56, 14));

  /** Handles the click instead of `toggle`, which fires later and also for changes by this component. */
  toggleReasoning(event: Event): void {
    event.preventDefault();
    this.reasoningOpen.update((open) => !open);
  }

  copy(): void {
    void navigator.clipboard?.writeText(this.answer().content).then(
      () => this.copied.set(true),
      () => undefined,
    );
  }
}

const formatMs = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;

const formatRate = (tokensPerSecond: number): string => `${Math.round(tokensPerSecond)} tokens/s`;

const formatTokens = (tokens: number, estimated: boolean): string =>
  `${estimated ? '≈ ' : ''}${tokens.toLocaleString('en')} ${tokens === 1 ? 'token' : 'tokens'}`;

function titleOf(error: Error): string {
  if (!isChatError(error)) return 'Something went wrong';
  switch (error._tag) {
    case 'ConnectionError':
      return error.phase === 'body' ? 'The connection broke' : 'The server cannot be reached';
    case 'HttpError':
      return error.status === 429 ? 'Too many requests' : `The server returned an error (${error.status})`;
    case 'TruncatedError':
      return 'The answer is incomplete';
    case 'ChatTimeoutError':
      return 'The server timed out';
    case 'ChunkFailed':
      return 'Part of the answer could not be read';
    default:
      return 'The server failed';
  }
}
