import {
  concat,
  concatMap,
  defer,
  expand,
  map,
  of,
  switchMap,
  takeLast,
  takeUntil,
  tap,
  type Observable,
} from 'rxjs';
import {
  chatCompletion$,
  defaultPolicy,
  retryChat,
  toChatState,
  type ChatState,
  type Message,
  type RetryPolicy,
} from 'rxjs-chat-completions';

import { createAnswerView } from './answerView';
import type { Backend } from './backend';
import { stop$ } from './keyboard';
import { measureTimes, metricsLine } from './metrics';
import type { Screen } from './screen';

/** The state of a conversation. */
export interface Conversation {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly showReasoning: boolean;
  /** The status of the last answer. */
  readonly ending: ChatState['status'] | null;
}

/** The server and the screen of a turn. */
export interface TurnContext {
  readonly backend: Backend;
  readonly screen: Screen;
  /** Whether the model may call tools. */
  readonly tools: boolean;
  /** Whether tools run without the user's approval. */
  readonly allowTools: boolean;
}

/** Handles a line of the user and emits the next state of the conversation. */
export type Turn = (conversation: Conversation, line: string) => Observable<Conversation>;

/** Returns an empty conversation. */
export const startConversation = (model: string): Conversation => ({
  model,
  messages: [],
  showReasoning: true,
  ending: null,
});

/**
 * Reads a line, takes its turn, and repeats until there are no more lines.
 *
 * @param line$ - Emits one line on each subscription, or none at the end.
 */
export function conversation$(
  start: Conversation,
  line$: Observable<string>,
  turn: Turn,
): Observable<Conversation> {
  return of(start).pipe(expand((conversation) => line$.pipe(concatMap((line) => turn(conversation, line)))));
}

/** Sends a question, renders the answer while it streams, and emits the conversation with both. */
export function answer$(
  conversation: Conversation,
  question: string,
  { backend, screen }: TurnContext,
): Observable<Conversation> {
  return defer(() => {
    const messages: readonly Message[] = [...conversation.messages, { role: 'user', content: question }];
    const view = createAnswerView(screen, conversation.showReasoning);

    // Before the fold, so that a stopped answer still emits a last state with its text.
    const chunk$ = chatCompletion$(backend.config, { model: conversation.model, messages }).pipe(
      retryChat({ count: 5, policy: unlessRefused, onRetry: view.retrying }),
      takeUntil(stop$),
    );

    return chunk$.pipe(
      toChatState({ onChunkError: view.skipped }),
      measureTimes(),
      switchMap((answer) =>
        answer.state.status === 'waiting' ? concat(of(answer), view.spinner$) : of(answer),
      ),
      tap(({ state }) => view.render(state)),
      takeLast(1),
      tap((answer) => {
        if (answer.firstMs !== null || answer.state.error === null) screen.info(metricsLine(answer));
      }),
      map(({ state }) => withAnswer(conversation, messages, state)),
    );
  });
}

/** Does not retry a refused connection, as a server rarely starts within a second. */
export const unlessRefused: RetryPolicy = (failed) =>
  failed.error._tag === 'ConnectionError' && failed.error.code === 'ECONNREFUSED'
    ? null
    : defaultPolicy(failed);

/** Keeps an incomplete answer too. Removes a question without an answer. */
function withAnswer(
  before: Conversation,
  messages: readonly Message[],
  { content, status }: ChatState,
): Conversation {
  return content === ''
    ? { ...before, ending: status }
    : { ...before, ending: status, messages: [...messages, { role: 'assistant', content }] };
}
