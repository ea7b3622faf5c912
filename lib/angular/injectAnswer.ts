import { inject } from '@angular/core';
import { asyncScheduler, defer, finalize, identity, takeUntil, tap, type Observable } from 'rxjs';

import { chatCompletion$ } from '../call/chatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { AnswerFunction } from '../conversation/AnswerFunction';
import type { Decoded } from '../decode/decode';
import { perFrame } from '../operators/flow/perFrame';
import type { PlannedRetry } from '../operators/resilience/retryChat';
import { tapMetrics } from '../operators/tapMetrics';
import type { ChatRequest } from '../request/ChatRequest';
import { addToState, waiting, type ChatState } from '../state/ChatState';
import type { ToolEvent } from '../tools/events';
import { partialInputs } from '../tools/partialInputs';
import { runTools$ } from '../tools/runTools';
import { toRunState } from '../tools/toRunState';
import { answerOnce$ } from './answerOnce';
import type { ConversationOptions } from './Conversation';
import { holdOnLeave } from './holdOnLeave';
import { outsideAngular } from './outsideAngular';
import { CHAT_COMPLETIONS_CONFIG, CHAT_COMPLETIONS_RETRY } from './tokens';
import { withRetries } from './withRetries';

/** The receivers of the data of an answer that its run does not have. */
export interface AnswerObserver {
  /** Called with a retry when it is planned, and with `null` when its wait ends. */
  readonly onRetry: (planned: PlannedRetry | null) => void;
  /** Called at the start of an answer. Returns the receiver of the state of its last request. */
  readonly onStart: () => (last: ChatState) => void;
}

/** Returns the function that requests the answers of a conversation: with or without tools, with retries. */
export function injectAnswer(
  options: ConversationOptions,
  { onRetry, onStart }: AnswerObserver,
): AnswerFunction {
  const appConfig = inject(CHAT_COMPLETIONS_CONFIG);
  const appRetry = inject(CHAT_COMPLETIONS_RETRY);
  const outside = outsideAngular();
  const {
    config = appConfig,
    request: fields,
    retry = appRetry,
    tools,
    onChunkError,
    chunks = identity,
    scheduler = asyncScheduler,
  } = options;
  const held = holdOnLeave<ToolEvent>(scheduler);

  const retryOptions = retry && {
    ...retry,
    onRetry: (planned: PlannedRetry) => {
      onRetry(planned);
      retry.onRetry?.(planned);
    },
  };

  return (history, stop$, approve, report) => {
    const onState = onStart();
    let progress = waiting;

    // Deferred: an option that throws fails the answer, not the conversation.
    const event$ = defer((): Observable<ToolEvent> => {
      const callConfig = typeof config === 'function' ? config() : config;
      const request =
        typeof fields === 'function'
          ? { messages: history, ...fields(history) }
          : { ...fields, messages: history };
      const send = (step: ChatRequest): Observable<Decoded<ChatCompletionChunk>> => {
        progress = waiting;
        const call$ = chatCompletion$(callConfig, step);
        const attempt$ = defer(() => {
          onRetry(null);
          return call$;
        });
        return withRetries(attempt$, retryOptions).pipe(
          chunks,
          tapMetrics(report),
          tap((decoded) => {
            if (decoded._tag === 'Right') progress = addToState(progress, decoded.right);
          }),
          // Each request: the result of a tool may come from inside the zone.
          outside,
        );
      };
      return tools === undefined
        ? answerOnce$(send, request, onChunkError)
        : runTools$(
            send,
            request,
            tools,
            Object.assign(Object.create(options) as ConversationOptions, { approve, partialInputs }),
          );
    });

    return event$.pipe(
      held,
      // Above the fold, which then emits `stopped` and keeps what was received.
      takeUntil(stop$),
      toRunState(),
      perFrame(),
      tap(() => onState(progress.state)),
      finalize(() => onRetry(null)),
    );
  };
}
