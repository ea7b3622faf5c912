import { SpanStatusCode, type Attributes, type Span } from '@opentelemetry/api';

import { markOf } from '../codec/mark';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Usage } from '../codec/Usage';
import { usageOf } from '../fold/completion';
import { tokensIn } from '../fold/costOf';
import { isFinishReason } from '../fold/failedFinish';
import { hasOutput } from '../fold/hasOutput';
import { ERROR_TYPE, FIRST_CHUNK, REQUEST, RESPONSE, STOPPED, TOKENS, USAGE } from './conventions';
import { errorType } from './errorType';
import type { Instruments } from './instruments';

/** The span and the metrics of one call. */
export class TracedCall {
  readonly #startedAt: number;
  /** Finish reasons by choice; `error` for a choice that has begun only, as the conventions require for one that is cut. */
  readonly #reasons = new Map<number, string>();
  #hasEnded = false;
  #usage: Usage | null = null;
  #latestAt: number | undefined;

  /**
   * @param attributes - Attributes of the metrics. The model of the response is added.
   * @param now - Returns the time in milliseconds.
   */
  constructor(
    private readonly span: Span,
    private readonly instruments: Instruments,
    private readonly attributes: Attributes,
    private readonly now: () => number,
  ) {
    this.#startedAt = now();
  }

  add(chunk: ChatCompletionChunk): void {
    const mark = markOf(chunk);
    if (mark !== undefined) {
      this.#reasons.clear();
      this.#hasEnded = mark.kind === 'ended-without-reason';
    }
    this.#addResponse(chunk);
    this.#usage = usageOf(chunk) ?? this.#usage;
    chunk.choices?.forEach(({ index, finish_reason }, position) => {
      const choice = typeof index === 'number' ? index : position;
      const isEnd = isFinishReason(finish_reason);
      if (isEnd || !this.#reasons.has(choice)) this.#reasons.set(choice, isEnd ? finish_reason : 'error');
      this.#hasEnded ||= isEnd;
    });
    if (hasOutput(chunk)) this.#addOutput();
  }

  /** Ends the span. Without a finish reason the model has not ended its answer: a reader has. */
  complete(): void {
    if (this.#hasEnded || this.#reasons.size === 0) this.#end({});
    else this.stop();
  }

  stop(): void {
    this.#end({ [STOPPED]: true });
  }

  fail(error: unknown): void {
    // Without the message of the error, which may quote the request.
    this.span.setStatus({ code: SpanStatusCode.ERROR });
    this.#end({ [ERROR_TYPE]: errorType(error) });
  }

  #addResponse({ id, model }: ChatCompletionChunk): void {
    if (!model || this.attributes[`${RESPONSE}model`] !== undefined) return;
    this.attributes[`${RESPONSE}model`] = model;
    this.span.setAttributes({ [`${RESPONSE}model`]: model, [`${RESPONSE}id`]: id ?? undefined });
  }

  #addOutput(): void {
    const at = this.now();
    const seconds = (at - (this.#latestAt ?? this.#startedAt)) / 1_000;
    if (this.#latestAt === undefined) {
      this.span.setAttributes({ [`${REQUEST}stream`]: true, [RESPONSE + FIRST_CHUNK]: seconds });
      this.instruments.firstChunk.record(seconds, this.attributes);
    } else {
      this.instruments.outputChunk.record(seconds, this.attributes);
    }
    this.#latestAt = at;
  }

  #end(ending: Attributes): void {
    const { span, instruments, attributes } = this;
    const tokens = tokensIn(this.#usage);
    for (const [kind, counter] of instruments.tokens) {
      if (tokens[kind] > 0) {
        span.setAttribute(USAGE + TOKENS[kind], tokens[kind]);
        counter.add(tokens[kind], attributes);
      }
    }
    const reasons = [...this.#reasons].sort(([a], [b]) => a - b).map(([, reason]) => reason);
    span.setAttributes({
      ...ending,
      [`${RESPONSE}finish_reasons`]: reasons.length > 0 ? reasons : undefined,
    });
    instruments.duration.record((this.now() - this.#startedAt) / 1_000, { ...attributes, ...ending });
    span.end();
  }
}
