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

import type { Backend } from './backend';
import { drawAnswer } from './drawing';
import { stop$ } from './keyboard';
import { measured, metricsLine } from './metrics';
import type { Screen } from './screen';

/** A conversation so far. */
export interface Conversation {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly showReasoning: boolean;
  /** How the last answer ended. */
  readonly ending: ChatState['status'] | null;
}

/** What a turn is taken with. */
export interface Setting {
  readonly backend: Backend;
  readonly screen: Screen;
}

/** A line of the user, and the conversation that comes of it. */
export type Turn = (conversation: Conversation, line: string) => Observable<Conversation>;

export const opening = (model: string): Conversation => ({
  model,
  messages: [],
  showReasoning: true,
  ending: null,
});

/**
 * A line, its turn, and again from there, until there are no more lines.
 *
 * @param line$ - One line each time it is subscribed to, or none at the end.
 */
export function conversation$(
  start: Conversation,
  line$: Observable<string>,
  turn: Turn,
): Observable<Conversation> {
  return of(start).pipe(expand((conversation) => line$.pipe(concatMap((line) => turn(conversation, line)))));
}

/** A question, its answer on the screen as it comes, and the conversation with both in it. */
export function answer$(
  conversation: Conversation,
  question: string,
  { backend, screen }: Setting,
): Observable<Conversation> {
  return defer(() => {
    const messages: readonly Message[] = [...conversation.messages, { role: 'user', content: question }];
    const drawing = drawAnswer(screen, conversation.showReasoning);

    // Stopping ends the chunks, above the fold: it still gives a last state, with all that came.
    const chunk$ = chatCompletion$(backend.config, { model: conversation.model, messages }).pipe(
      retryChat({ count: 5, policy: unlessRefused, onRetry: drawing.retrying }),
      takeUntil(stop$),
    );

    return chunk$.pipe(
      toChatState({ onChunkError: drawing.unreadable }),
      measured(),
      switchMap((answer) =>
        answer.state.status === 'waiting' ? concat(of(answer), drawing.waiting$) : of(answer),
      ),
      tap(({ state }) => drawing.show(state)),
      takeLast(1),
      tap((answer) => {
        if (answer.firstMs !== null || answer.state.error === null) screen.note(metricsLine(answer));
      }),
      map(({ state }) => remember(conversation, messages, state)),
    );
  });
}

/** Where nothing listens, nothing will in a second. */
const unlessRefused: RetryPolicy = (failed) =>
  failed.error._tag === 'ConnectionError' && failed.error.code === 'ECONNREFUSED'
    ? null
    : defaultPolicy(failed);

/** Half an answer is remembered too; a question that got none is taken back. */
function remember(
  before: Conversation,
  messages: readonly Message[],
  { content, status }: ChatState,
): Conversation {
  return content === ''
    ? { ...before, ending: status }
    : { ...before, ending: status, messages: [...messages, { role: 'assistant', content }] };
}
