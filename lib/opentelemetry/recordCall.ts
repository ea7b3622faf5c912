import { SpanStatusCode, type Attributes, type Span } from '@opentelemetry/api';
import type { TapObserver } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { fieldsOf } from '../codec/isRecord';
import { markOf } from '../codec/mark';
import { numberOf } from '../codec/numberOf';
import type { Usage } from '../codec/Usage';
import { isChatError } from '../errors';
import { usageOf } from '../fold/completion';
import { tokensIn } from '../fold/costOf';
import { hasOutput } from '../fold/hasOutput';
import { isFinishReason } from '../fold/isFinishReason';
import { answerIn } from '../operators/resilience/isOutput';
import { callIsolated } from '../rx/callIsolated';
import {
  DURATION,
  ERROR_TYPE,
  FINISH_REASONS,
  FIRST_CHUNK,
  MODALITY,
  OUTPUT_CHUNK,
  REQUEST_STREAM,
  RESPONSE_FIRST_CHUNK,
  RESPONSE_ID,
  RESPONSE_MODEL,
  STOPPED,
  TOKENS,
  USAGE,
} from './conventions';
import { errorType } from './errorType';
import type { Instruments } from './instruments';

/** The finish reason of a choice that has begun only, as the conventions require for one that is cut. */
const CUT = 'error';

/** The attributes of a call without an end of its own. */
const STOP: Attributes = { [STOPPED]: true };

/** Whether the signal of a call was aborted, and not by a time limit of its own. */
const isStop = (error: unknown): boolean =>
  isChatError(error) && error._tag === 'AbortedError' && fieldsOf(error.cause).name !== 'TimeoutError';

/**
 * Returns an observer for `tap` that records the values and the end of one call.
 *
 * @param known - Attributes of the metrics. The model of the response is added.
 * @param now - Returns the time in milliseconds.
 */
export function recordCall(
  span: Span,
  instruments: Instruments,
  known: Attributes,
  now: () => number,
): Partial<TapObserver<unknown>> {
  const startedAt = now();
  /** Replaced, and never changed: a meter keeps those of each record. */
  let attributes = known;
  let latestAt: number | undefined;
  let usage: Usage | null = null;
  /** Finish reasons by choice. As keys of an object, the indices are in order. */
  let reasons: Record<number, string> = {};

  const addResponse = ({ id, model }: ChatCompletionChunk): void => {
    if (!model || attributes !== known) return;
    attributes = { ...known, [RESPONSE_MODEL]: model };
    span.setAttributes({ [RESPONSE_MODEL]: model, [RESPONSE_ID]: id ?? undefined });
  };

  const addReasons = ({ choices }: ChatCompletionChunk): void =>
    choices?.forEach(({ index, finish_reason }, position) => {
      const choice = typeof index === 'number' ? index : position;
      if (isFinishReason(finish_reason)) reasons[choice] = finish_reason;
      else reasons[choice] ??= CUT;
    });

  const addOutput = (): void => {
    const at = now();
    const isFirst = latestAt === undefined;
    const seconds = (at - (latestAt ?? startedAt)) / 1_000;
    if (isFirst) span.setAttributes({ [REQUEST_STREAM]: true, [RESPONSE_FIRST_CHUNK]: seconds });
    instruments[isFirst ? FIRST_CHUNK : OUTPUT_CHUNK].record(seconds, attributes);
    latestAt = at;
  };

  const end = (ending?: Attributes): void => {
    const ended = { ...attributes, ...ending };
    const tokens = {
      ...tokensIn(usage),
      // Of OpenRouter and others.
      written: numberOf(fieldsOf(usage?.prompt_tokens_details).cache_write_tokens),
    };
    for (const [kind, counter, perCall] of instruments.tokens) {
      const count = tokens[kind];
      if (count > 0) {
        span.setAttribute(USAGE + TOKENS[kind], count);
        counter.add(count, { ...attributes, ...MODALITY });
        perCall?.record(count, ended);
      }
    }
    const inOrder = Object.values(reasons);
    span.setAttributes({ ...ending, [FINISH_REASONS]: inOrder.length > 0 ? inOrder : undefined });
    instruments[DURATION].record((now() - startedAt) / 1_000, ended);
    span.end();
  };

  return {
    next: (value) => {
      const chunk = answerIn(value);
      if (chunk === undefined) return;
      const mark = markOf(chunk);
      // The answer has ended without a reason, or begins again.
      if (mark !== undefined) reasons = {};
      // The next attempt may be answered by another model.
      if (mark?.kind === 'restarted') attributes = known;
      addResponse(chunk);
      addReasons(chunk);
      usage = usageOf(chunk) ?? usage;
      if (hasOutput(chunk)) addOutput();
    },
    error: (error: unknown) => {
      if (isStop(error)) return end(STOP);
      // Without the message of the error, which may quote the request.
      span.setStatus({ code: SpanStatusCode.ERROR });
      end({ [ERROR_TYPE]: errorType(error) });
    },
    complete: () => {
      // Without a finish reason the model has not ended its answer: a reader has.
      const all = Object.values(reasons);
      const isCut = all.length > 0 && all.every((reason) => reason === CUT);
      end(isCut ? STOP : undefined);
    },
    unsubscribe: () => callIsolated(() => end(STOP)),
  };
}
