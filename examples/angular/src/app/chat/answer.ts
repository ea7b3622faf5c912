import { ChangeDetectionStrategy, Component, computed, input, linkedSignal, output } from '@angular/core';
import { isChatError, type PlannedRetry } from 'rxjs-chat-completions';
import type { ConversationAnswer } from 'rxjs-chat-completions/angular';

import { Markdown } from '../markdown/markdown';
import type { Pace } from './pace';
import { mean, sparkline } from './sparkline';

/** Signs of Markdown that a screen reader would read out. */
const MARKS = /\*\*|~~|`+|^#+ |^> /gm;

/** The reasons to end that leave nothing out. */
const WHOLE: ReadonlySet<string> = new Set(['stop', 'tool_calls', 'function_call']);

/** Where a tool call stands, in words. */
const CALLS = {
  writing: 'writing…',
  running: 'running…',
  done: 'done',
  stopped: 'not run',
  broken: 'cut off',
} as const;

/** One answer of the model, whatever becomes of it. */
@Component({
  selector: 'app-answer',
  imports: [Markdown],
  templateUrl: './answer.html',
  styleUrl: './answer.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Answer {
  readonly answer = input.required<ConversationAnswer>();
  /** Whether it is the last one, which can be asked for again. */
  readonly last = input(false);
  readonly retry = input<PlannedRetry | null>(null);
  readonly retryIn = input<number | null>(null);
  /** What tools gave back, in the order of the calls. */
  readonly results = input<readonly string[]>([]);
  /** Whether its tools run. */
  readonly running = input(false);
  /** How it comes along. */
  readonly pace = input<Pace | null>(null);
  readonly calls = CALLS;
  readonly again = output();
  readonly stop = output();

  readonly busy = computed(() => this.answer().status === 'waiting' || this.answer().status === 'streaming');
  readonly hasReasoning = computed(() => this.answer().reasoning !== '');
  readonly hasText = computed(() => this.answer().content !== '');
  readonly #onlyThinks = computed(() => !this.hasText() && this.answer().toolCalls.length === 0);
  /** Open while it is all there is to see, closed when the answer starts; then as the reader has it. */
  readonly thinkingOpen = linkedSignal(() => this.#onlyThinks());

  /** Said once, when the answer has ended; token by token it would flood a screen reader. */
  readonly spoken = computed(() => {
    if (this.busy()) return '';
    const { content, refusal, status } = this.answer();
    const text = `${content}${refusal}`.replace(MARKS, '').slice(0, 600);
    // That it failed is said by an alert.
    return status === 'stopped' ? `Stopped. ${text}` : text;
  });

  readonly ring = computed(() => {
    const planned = this.retry();
    return planned ? 1 - Math.max((this.retryIn() ?? 0) - 250, 0) / planned.delayMs : 0;
  });
  readonly seconds = computed(() => Math.ceil((this.retryIn() ?? 0) / 1_000));

  readonly failure = computed(() => {
    const { error } = this.answer();
    return error === null ? null : { title: titleOf(error), words: error.message };
  });
  readonly planned = computed(() => {
    const planned = this.retry();
    return planned && { ...planned, title: titleOf(planned.error), words: planned.error.message };
  });

  /** Why the model ended before it was through, if it did. */
  readonly cutBy = computed(() => {
    const reason = this.answer().finishReason;
    return reason === null || WHOLE.has(reason) ? null : reason.replaceAll('_', ' ');
  });

  readonly thinking = computed(() => {
    const { thoughtAt = null, wroteAt = null, elapsedMs = 0 } = this.pace() ?? {};
    if (this.busy() && !this.hasText()) return 'Thinking…';
    return thoughtAt === null
      ? 'Thought about it'
      : `Thought for ${seconds((wroteAt ?? elapsedMs) - thoughtAt)}`;
  });

  readonly metrics = computed(() => {
    const pace = this.pace();
    const { metrics } = this.answer();
    if (metrics === null) {
      // Still coming: what was counted here so far, and the rate of the last second.
      if (!this.busy() || pace === null || this.retry() !== null) return null;
      return {
        first: null,
        rate: pace.rates.length === 0 ? null : rateOf(mean(pace.rates.slice(-4))),
        tokens: pace.tokens === 0 ? null : tokensOf(pace.tokens, false),
        total: seconds(pace.elapsedMs),
      };
    }
    if (metrics.firstTokenMs === null) return null;
    return {
      first: seconds(metrics.firstTokenMs),
      rate: metrics.tokensPerSecond === null ? null : rateOf(metrics.tokensPerSecond),
      tokens: tokensOf(metrics.tokens, metrics.estimated),
      total: seconds(metrics.totalMs),
    };
  });
  readonly copied = linkedSignal({ source: this.answer, computation: () => false });
  readonly spark = computed(() => sparkline(this.pace()?.rates ?? [], 56, 14));

  stateOf({ complete }: ConversationAnswer['toolCalls'][number], place: number): keyof typeof CALLS {
    if (this.results()[place] !== undefined) return 'done';
    if (this.busy()) return 'writing';
    if (this.running()) return 'running';
    return complete ? 'stopped' : 'broken';
  }

  /** Not told by `toggle`: that comes late, and for what was done here too. */
  fold(event: Event): void {
    event.preventDefault();
    this.thinkingOpen.update((open) => !open);
  }

  copy(): void {
    void navigator.clipboard?.writeText(this.answer().content).then(
      () => this.copied.set(true),
      () => undefined,
    );
  }
}

const seconds = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;

const rateOf = (tokensPerSecond: number): string => `${Math.round(tokensPerSecond)} tokens/s`;

const tokensOf = (tokens: number, estimated: boolean): string =>
  `${estimated ? '≈ ' : ''}${tokens.toLocaleString('en')} ${tokens === 1 ? 'token' : 'tokens'}`;

function titleOf(error: Error): string {
  if (!isChatError(error)) return 'Something went wrong';
  switch (error._tag) {
    case 'ConnectionError':
      return error.phase === 'body' ? 'The connection broke' : 'The server cannot be reached';
    case 'HttpError':
      return error.status === 429 ? 'Too many requests' : `The server refused (${error.status})`;
    case 'TruncatedError':
      return 'The answer was cut off';
    case 'ChatTimeoutError':
      return 'The server fell silent';
    case 'ChunkFailed':
      return 'A piece of the answer cannot be read';
    default:
      return 'The server failed';
  }
}
