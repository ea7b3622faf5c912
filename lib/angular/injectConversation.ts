import {
  assertInInjectionContext,
  computed,
  DestroyRef,
  inject,
  PLATFORM_ID,
  signal,
  untracked,
} from '@angular/core';
import { isRight } from 'fp-ts/Either';
import {
  asyncScheduler,
  BehaviorSubject,
  defer,
  finalize,
  identity,
  merge,
  Subject,
  switchMap,
  takeUntil,
  tap,
  type Observable,
} from 'rxjs';

import { chatCompletion$ } from '../call/chatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { approvalsOf } from '../conversation/approvalsOf';
import { branchOf, siblingsOf } from '../conversation/branches';
import { conversation, type AnswerFunction } from '../conversation/conversation';
import type { ConversationCommand } from '../conversation/ConversationCommand';
import { conversationFrom } from '../conversation/conversationFrom';
import type { Turn, TurnId } from '../conversation/ConversationState';
import { conversationOf } from '../conversation/messages';
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
import type { Conversation, ConversationOptions } from './Conversation';
import { endOnLeave } from './endOnLeave';
import { entryOf, type ConversationAnswer, type ConversationEntry } from './history';
import { outsideAngular } from './outsideAngular';
import { persistedInApp } from './persistedInApp';
import { retryCountdown$, type PendingRetry } from './retryCountdown';
import { CHAT_COMPLETIONS_CONFIG, CHAT_COMPLETIONS_RETRY, withRetries } from './tokens';

/**
 * Returns a conversation for a component or a service: signals to render, and methods for its buttons.
 *
 * It stops when its component or service is destroyed, and sends nothing during server-side rendering. It never errors: a
 * failed answer is an entry that still holds its text. With a `storage` it is saved and continued. Signals change at most once
 * per animation frame. Network reads run outside Angular's zone, where there is one.
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
 *     <input #question (keydown.enter)="chat.send(question.value)" />
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
  const appConfig = inject(CHAT_COMPLETIONS_CONFIG);
  const appRetry = inject(CHAT_COMPLETIONS_RETRY);
  const outside = outsideAngular();
  // By name: the package that exports `isPlatformServer` need not be installed.
  const onServer = inject(PLATFORM_ID) === 'server';
  const saved = persistedInApp(options);
  const ended = endOnLeave<ToolEvent>();
  const { retry = appRetry, scheduler = asyncScheduler } = options;

  const from = conversationOf(options.messages ?? []);
  const state = signal(from);
  const pendingRetry = signal<PendingRetry | null>(null);
  const branch = computed(() => branchOf(state()));
  const messages = computed(() => branch().map(toEntry));
  const last = computed(() => messages().filter(isAnswer).at(-1));

  const command$ = new Subject<ConversationCommand>();
  const storage$ = new BehaviorSubject(onServer ? null : (options.storage ?? null));
  const planned$ = new Subject<PlannedRetry | null>();
  /** State of the last request of each answer: images, citations, and other fields that a run does not have. */
  const answers = new Map<TurnId, ChatState>();
  const entries = new WeakMap<Turn, ConversationEntry>();

  function toEntry(turn: Turn): ConversationEntry {
    const entry = entries.get(turn) ?? entryOf(turn, answers.get(turn.id));
    entries.set(turn, entry);
    return entry;
  }

  /** Ends the wait for a retry when the attempt begins. */
  const attempt = <T>(source$: Observable<T>): Observable<T> =>
    defer(() => {
      planned$.next(null);
      return source$;
    });

  const answer: AnswerFunction = (history, stop$, approve, report) => {
    const id = untracked(state).head ?? '';
    let progress = waiting;
    const send = (request: ChatRequest): Observable<Decoded<ChatCompletionChunk>> => {
      progress = waiting;
      return withRetries(
        attempt(chatCompletion$(valueOf(options.config ?? appConfig), request)),
        retry && {
          ...retry,
          onRetry: (planned) => {
            planned$.next(planned);
            retry.onRetry?.(planned);
          },
        },
      ).pipe(
        options.chunks ?? identity,
        tapMetrics(report),
        tap((decoded) => {
          if (decoded._tag === 'Right') progress = addToState(progress, decoded.right);
        }),
      );
    };
    const { tools, onChunkError = 'fail' } = options;
    // Deferred: an option that throws fails the answer, not the conversation.
    const event$ = defer((): Observable<ToolEvent> => {
      const request = { ...valueOf(options.request), messages: history };
      return tools === undefined
        ? answerOnce$(send, request, onChunkError)
        : runTools$(send, request, tools, { approve, onChunkError, partialInputs });
    });
    return outside(
      event$.pipe(
        ended,
        // Above the fold, which then emits `stopped` and keeps what was received.
        takeUntil(stop$),
        toRunState(),
        perFrame(),
        tap(() => answers.set(id, progress.state)),
        finalize(() => planned$.next(null)),
      ),
    );
  };

  const work = merge(
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
  ).subscribe();

  /** The turns of another conversation may have the same ids. */
  const forget = (): void => answers.clear();

  // Untracked: an effect that sends must not run, and send, again at each token of the answer.
  const run = (command: ConversationCommand): void =>
    untracked(() => {
      if (command.type === 'reset') forget();
      command$.next(command);
    });
  const request = (command: ConversationCommand): void => {
    if (!onServer && !work.closed) run(command);
  };

  inject(DestroyRef).onDestroy(() => {
    run({ type: 'stop' });
    work.unsubscribe();
  });

  return {
    messages,
    branch,
    status: computed(() => last()?.status ?? 'idle'),
    busy: computed(() => last()?.status === 'waiting' || last()?.status === 'streaming'),
    content: computed(() => last()?.content ?? ''),
    reasoning: computed(() => last()?.reasoning ?? ''),
    error: computed(() => last()?.error ?? null),
    retry: computed(() => pendingRetry()?.planned ?? null),
    retryIn: computed(() => pendingRetry()?.remainingMs ?? null),
    metrics: computed(() => last()?.metrics ?? null),
    approvals: computed(() => approvalsOf(state())),
    send: (content) => request({ type: 'send', content }),
    stop: () => run({ type: 'stop' }),
    regenerate: () => request({ type: 'regenerate' }),
    edit: (id, content) => request({ type: 'edit', id: String(id), content }),
    siblings: (id) => siblingsOf(state(), String(id)).map(Number),
    select: (id) => run({ type: 'select', id: String(id) }),
    approve: (id) => run({ type: 'approve', id, approved: true }),
    deny: (id, reason) =>
      run({ type: 'approve', id, approved: false, ...(reason !== undefined && { reason }) }),
    open: (storage) => {
      run({ type: 'stop' });
      forget();
      untracked(() => storage$.next(onServer ? null : storage));
    },
    reset: (start = options.messages ?? []) => run({ type: 'reset', to: conversationOf(start) }),
    save: () => untracked(state),
    restore: (json) => {
      const restored = conversationFrom(json);
      if (isRight(restored)) run({ type: 'reset', to: restored.right });
      return restored;
    },
  };
}

const isAnswer = (entry: ConversationEntry): entry is ConversationAnswer => entry.role === 'assistant';

const valueOf = <T extends object>(option: T | (() => T)): T =>
  typeof option === 'function' ? option() : option;
