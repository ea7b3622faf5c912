import { assertInInjectionContext, DestroyRef, inject, PLATFORM_ID, signal, untracked } from '@angular/core';
import { asyncScheduler, BehaviorSubject, merge, Subject, switchMap, tap } from 'rxjs';

import { boundOptions } from '../codec/boundOptions';
import { conversation } from '../conversation/conversation';
import type { ConversationCommand } from '../conversation/ConversationCommand';
import { conversationOf } from '../conversation/conversationOf';
import type { TurnId } from '../conversation/ConversationState';
import type { PlannedRetry } from '../operators/resilience/retryChat';
import type { ChatState } from '../state/ChatState';
import type { Conversation, ConversationOptions } from './Conversation';
import { conversationActions } from './conversationActions';
import { conversationViews } from './conversationViews';
import { detachedFromApp } from './detachedFromApp';
import { injectAnswer } from './injectAnswer';
import { persistedInApp } from './persistedInApp';
import { retryCountdown$, type PendingRetry } from './retryCountdown';

/**
 * Returns a conversation for a component or a service: signals to render, and methods for its buttons.
 *
 * It stops when its component or service is destroyed, and sends nothing during server-side rendering. It never errors: a
 * failed answer is an entry that still holds its text. With a `storage` it is saved and continued. Signals change at most once
 * per animation frame. Requests, tools and callbacks run outside Angular's zone, where there is one: a callback sets a signal to
 * update the view.
 *
 * @param options - The request and, optionally, the config, retries and first messages.
 * @returns The conversation of this injection context; each call returns a new one.
 *
 * @example
 * ```ts
 * import { Component } from '@angular/core';
 * import { injectConversation } from 'rxjs-chat-completions/angular';
 *
 * @Component({
 *   selector: 'app-chat',
 *   template: `
 *     @for (message of chat.messages(); track message.id) { <p>{{ message.content }}</p> }
 *     @if (chat.error(); as error) { <p role="alert">{{ error.message }}</p> }
 *     <form (submit)="$event.preventDefault(); chat.send(question.value); question.value = ''">
 *       <input #question aria-label="Question" />
 *     </form>
 *     <button (click)="chat.stop()" [disabled]="!chat.busy()">Stop</button>
 *   `,
 * })
 * export class ChatComponent {
 *   readonly chat = injectConversation({ request: { model: 'llama3.2' } });
 * }
 * ```
 */
export function injectConversation(options: ConversationOptions): Conversation {
  assertInInjectionContext(injectConversation);
  // By name: the package that exports `isPlatformServer` need not be installed.
  const onServer = inject(PLATFORM_ID) === 'server';
  const bound = boundOptions(options);
  const saved = persistedInApp(bound);
  const detached = detachedFromApp();
  const { messages = [], scheduler = asyncScheduler } = options;

  const from = conversationOf(messages);
  const state = signal(from);
  const pendingRetry = signal<PendingRetry | null>(null);
  const answers = new Map<TurnId, ChatState>();

  const command$ = new Subject<ConversationCommand>();
  const storage$ = new BehaviorSubject(onServer ? null : (options.storage ?? null));
  const planned$ = new Subject<PlannedRetry | null>();

  const answer = injectAnswer(bound, {
    onRetry: (planned) => planned$.next(planned),
    onStart: () => {
      const id = untracked(state).head ?? '';
      return (last) => answers.set(id, last);
    },
  });

  const work = detached(() =>
    merge(
      planned$.pipe(
        switchMap((planned) => retryCountdown$(planned, scheduler)),
        tap((pending) => pendingRetry.set(pending)),
      ),
      storage$.pipe(
        switchMap((storage) => {
          state.set(from);
          return command$.pipe(saved(storage, (loaded) => conversation({ answer, from: loaded ?? from })));
        }),
        tap((next) => state.set(next)),
      ),
    ).subscribe(),
  );

  /** The turns of another conversation may have the same ids. */
  const forget = (): void => answers.clear();

  const run = (command: ConversationCommand): void =>
    detached(() => {
      if (command.type === 'reset') forget();
      command$.next(command);
    });
  const request = (command: ConversationCommand): void => {
    if (!onServer && !work.closed) run(command);
  };

  inject(DestroyRef).onDestroy(() =>
    detached(() => {
      run({ type: 'stop' });
      work.unsubscribe();
    }),
  );

  return {
    ...conversationViews(state, pendingRetry, answers),
    ...conversationActions(state, from, run, request),
    open: (storage) => {
      run({ type: 'stop' });
      forget();
      detached(() => storage$.next(onServer ? null : storage));
    },
  };
}
