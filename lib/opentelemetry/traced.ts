import { context, metrics, SpanKind, trace, type Meter, type Tracer } from '@opentelemetry/api';
import { asyncScheduler, defer, tap, type MonoTypeOperatorFunction, type TimestampProvider } from 'rxjs';

import type { ChatConfig } from '../call/config';
import { fieldsOf } from '../codec/isRecord';
import type { ChatRequest } from '../request/ChatRequest';
import { clockOf } from '../rx/clockOf';
import { inContext } from './inContext';
import { instrumentsOf } from './instruments';
import { recordCall } from './recordCall';
import { callAttributes, requestAttributes } from './requestAttributes';

/** Options for {@link traced}. */
export interface TracedOptions {
  /** The config of the call, or a server: names the provider and its address. Default: Ollama on this machine. */
  readonly server?: Pick<ChatConfig, 'baseURL' | 'profile'>;
  /** Default: the tracer `rxjs-chat-completions` of the global provider. */
  readonly tracer?: Tracer;
  /** Default: the meter `rxjs-chat-completions` of the global provider. */
  readonly meter?: Meter;
  /**
   * Clock of the metrics in milliseconds, such as a scheduler. Default RxJS's `asyncScheduler`.
   *
   * A clock that shows the system time is replaced by `performance`, which does not follow its changes.
   */
  readonly clock?: TimestampProvider;
}

const NAME = 'rxjs-chat-completions';

/**
 * Records a span and metrics of OpenTelemetry for each subscription; passes every value through.
 *
 * Below `retryChat` a span covers the operation with all its attempts; above it, one attempt. Put it above the folds, on chunks,
 * their Eithers, or the completion of `completion$`. The source is subscribed in the context of the span, so spans of an HTTP
 * instrumentation become its children, and emits in that of the subscriber. No text of a message, an answer or an error is
 * recorded. An error sets the status of the span; an unsubscription before the end, or an abort by a signal, sets the attribute
 * `rxjs_chat_completions.stopped`.
 *
 * Experimental: the names follow the conventions for generative AI 0.1.0, which are in development.
 *
 * ```text
 * 1st attempt:     -#              # = HttpError 503
 * 2nd attempt:          -a-b|
 * retryChat():     ------a-b|
 * traced(request): ------a-b|
 * span:            |--------|      time_to_first_chunk at a
 * ```
 *
 * @param request - The request of the call.
 * @param options - The server, and a tracer and a meter other than the global ones.
 * @returns An operator that errors and completes as the source does.
 *
 * @example One span for all attempts
 * ```ts
 * import { accumulateContent, chatCompletion$, retryChat, type ChatRequest } from 'rxjs-chat-completions';
 * import { traced } from 'rxjs-chat-completions/opentelemetry';
 *
 * const request: ChatRequest = { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] };
 * chatCompletion$({}, request).pipe(retryChat(), traced(request), accumulateContent());
 * ```
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
export function traced<T>(
  request: ChatRequest,
  { server = {}, tracer, meter, clock = asyncScheduler }: TracedOptions = {},
): MonoTypeOperatorFunction<T> {
  // JavaScript allows a call without a request, which the call itself reports.
  const fields: Partial<ChatRequest> = fieldsOf(request);
  return (source$) =>
    defer(() => {
      const attributes = callAttributes(fields, server);
      const instruments = instrumentsOf(meter ?? metrics.getMeter(NAME));
      const span = (tracer ?? trace.getTracer(NAME)).startSpan(`chat ${fields.model ?? ''}`.trim(), {
        kind: SpanKind.CLIENT,
        attributes: { ...attributes, ...requestAttributes(fields) },
      });
      return source$.pipe(
        tap<T>(recordCall(span, instruments, attributes, clockOf(clock))),
        inContext(trace.setSpan(context.active(), span)),
      );
    });
}
