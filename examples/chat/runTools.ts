import { concat, defer, map, of, switchMap, takeLast, takeUntil, tap, type Observable } from 'rxjs';
import { chatCompletion$, retryChat, type Message } from 'rxjs-chat-completions';
import { runTools$, toRunState, type RunState } from 'rxjs-chat-completions/tools';

import { approval$ } from './approval';
import { unlessRefused, type Conversation, type TurnContext } from './conversation';
import { stop$ } from './keyboard';
import { createRunView, describeCall } from './runView';
import { TOOLS, type ChatTool } from './tools';

/** Sends a question, runs the tools that the model calls, and emits the conversation with its answer. */
export function toolAnswer$(
  conversation: Conversation,
  question: string,
  { backend, screen, allowTools }: TurnContext,
): Observable<Conversation> {
  return defer(() => {
    const messages: readonly Message[] = [...conversation.messages, { role: 'user', content: question }];
    const view = createRunView(screen, conversation.showReasoning);

    // Above the fold, so that a stopped run still emits a last state.
    const event$ = runTools$(
      (request) =>
        chatCompletion$(backend.config, request).pipe(
          retryChat({ count: 5, policy: unlessRefused, onRetry: view.retrying }),
        ),
      { model: conversation.model, messages },
      TOOLS,
      {
        // One question at a time.
        concurrency: 1,
        approve: (call) => (allowTools ? [true] : approval$(`Allow ${describeCall(call)}?`, screen)),
      },
    ).pipe(takeUntil(stop$));

    return event$.pipe(
      toRunState(),
      switchMap((state) => (isWaiting(state) ? concat(of(state), view.spinner$) : of(state))),
      tap((state) => view.render(state)),
      takeLast(1),
      tap((state) => screen.info(summary(state))),
      map((state) => withRun(conversation, state)),
    );
  });
}

/** Whether the answer of the current step has not begun. */
function isWaiting({ status, steps }: RunState<ChatTool>): boolean {
  if (status !== 'waiting' && status !== 'streaming') return false;
  const { content = '', reasoning = '', message = null, calls = [] } = steps.at(-1) ?? {};
  return content === '' && reasoning === '' && message === null && calls.length === 0;
}

/** Formats the end of a run: `2 requests · 31 in, 12 out · answered` */
function summary({ steps, usage, reason, status }: RunState<ChatTool>): string {
  return [
    steps.length === 1 ? '1 request' : `${steps.length} requests`,
    ...(usage ? [`${usage.prompt_tokens ?? '?'} in, ${usage.completion_tokens ?? '?'} out`] : []),
    reason ?? status,
  ].join(' · ');
}

/** Keeps an incomplete run too: each of its calls has a reply. Removes a question without an answer. */
function withRun(before: Conversation, { messages, status }: RunState<ChatTool>): Conversation {
  return messages.at(-1)?.role === 'user' || messages.length === 0
    ? { ...before, ending: status }
    : { ...before, ending: status, messages };
}
