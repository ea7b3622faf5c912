import { concat, defer, map, of, skip, switchMap, takeLast, takeUntil, tap, type Observable } from 'rxjs';
import {
  chatCompletion$,
  defaultPolicy,
  retryChat,
  tapMetrics,
  type ChatMetrics,
  type ChatRequest,
  type RetryPolicy,
} from 'rxjs-chat-completions';
import {
  branchOf,
  conversation,
  type AnswerFunction,
  type AssistantTurn,
  type ConversationCommand,
  type ConversationState,
  type MessageContent,
} from 'rxjs-chat-completions/conversation';
import { finishReasonOf } from 'rxjs-chat-completions/fold';
import { runTools$, toRunState, type RunState } from 'rxjs-chat-completions/tools';

import { approval$ } from './approval';
import { stop$ } from './keyboard';
import { createRunView, describeCall } from './runView';
import { withInstructions, type Session, type TurnContext } from './session';
import { summary } from './summary';
import { TOOLS } from './tools';

/** Applies a command that requests an answer, renders the answer while it streams, and emits the session with it. */
export function answer$(
  session: Session,
  command: ConversationCommand,
  { backend, screen, tools, allowTools }: TurnContext,
): Observable<Session> {
  return defer(() => {
    const view = createRunView(screen, session.showReasoning);
    const requests: ChatMetrics[] = [];
    let finishReason: string | null = null;

    const send = (request: ChatRequest) =>
      chatCompletion$(backend.config, request).pipe(
        retryChat({ count: 5, policy: unlessRefused, onRetry: view.retrying }),
        tapMetrics((metrics) => requests.push(metrics)),
        tap((decoded) => {
          if (decoded._tag === 'Right') finishReason = finishReasonOf(decoded.right) ?? finishReason;
        }),
      );
    const answer: AnswerFunction = (messages) =>
      runTools$(
        send,
        { ...session.settings, model: session.model, messages: withInstructions(session.system, messages) },
        tools ? TOOLS : [],
        {
          // One question at a time.
          concurrency: 1,
          approve: (call) => allowTools || approval$(`Allow ${describeCall(call)}?`, screen),
          onChunkError: view.skipped,
        },
      ).pipe(
        // Above the fold, so that a stopped run still emits a last state.
        takeUntil(stop$),
        toRunState(),
      );

    return of(command).pipe(
      conversation({ answer, from: session.conversation }),
      skip(1),
      switchMap((state) => (isWaiting(runIn(state)) ? concat(of(state), view.spinner$) : of(state))),
      tap((state) => view.render(runIn(state))),
      takeLast(1),
      tap((state) => {
        const text = summary(runIn(state), requests, finishReason);
        if (text !== null) screen.info(text);
      }),
      map((state) => ({ ...session, conversation: state, ending: runIn(state).status })),
    );
  });
}

/** Returns the command for a message. A question whose answer is empty is replaced, as if it had not been sent. */
export function questionOf({ conversation: state }: Session, content: MessageContent): ConversationCommand {
  const [question, answer] = branchOf(state).slice(-2);
  return question?.kind === 'user' && answer?.kind === 'assistant' && answer.run.messages.length === 0
    ? { type: 'edit', id: question.id, content }
    : { type: 'send', content };
}

/** Does not retry a refused connection, as a server rarely starts within a second. */
export const unlessRefused: RetryPolicy = (failed) =>
  failed.error._tag === 'ConnectionError' && failed.error.code === 'ECONNREFUSED'
    ? null
    : defaultPolicy(failed);

/** The run of the answer at the head, which the command has requested. */
const runIn = (state: ConversationState): RunState => (branchOf(state).at(-1) as AssistantTurn).run;

/** Whether the answer of the current step has not begun. */
function isWaiting({ status, steps }: RunState): boolean {
  if (status !== 'waiting' && status !== 'streaming') return false;
  const { content = '', reasoning = '', message = null, calls = [] } = steps.at(-1) ?? {};
  return content === '' && reasoning === '' && message === null && calls.length === 0;
}
