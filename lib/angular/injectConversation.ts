import {
  assertInInjectionContext,
  computed,
  DestroyRef,
  inject,
  PLATFORM_ID,
  signal,
  untracked,
} from '@angular/core';
import {
  asyncScheduler,
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
import type { Decoded } from '../decode/decode';
import { addChunk, emptyCompletion } from '../fold/completion';
import { perFrame } from '../operators/flow/perFrame';
import type { PlannedRetry } from '../operators/resilience/retryChat';
import { tapMetrics } from '../operators/tapMetrics';
import type { Message } from '../request/Message';
import { waiting } from '../state/ChatState';
import { toChatState } from '../state/toChatState';
import type { Conversation, ConversationOptions } from './Conversation';
import { entryOf, historyOf, type ConversationAnswer, type ConversationEntry } from './history';
import { outsideAngular } from './outsideAngular';
import { retryCountdown$, type PendingRetry } from './retryCountdown';
import { CHAT_COMPLETIONS_CONFIG, CHAT_COMPLETIONS_RETRY, withRetries } from './tokens';

/**
 * Returns a conversation for a component or a service: signals to render, and methods for its buttons.
 *
 * It stops when its component or service is destroyed, and sends nothing during server-side rendering. It never errors: a
 * failed answer is an entry that still holds its text. Signals change at most once per animation frame. Network reads run
 * outside Angular's zone, where there is one.
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
  const { retry = appRetry, scheduler = asyncScheduler } = options;

  let lastId = 0;
  const toEntries = (added: readonly Message[]) => added.map((message) => entryOf((lastId += 1), message));

  const messages = signal<readonly ConversationEntry[]>(toEntries(options.messages ?? []));
  const pendingRetry = signal<PendingRetry | null>(null);
  const last = computed(() => messages().filter(isAnswer).at(-1));

  const start$ = new Subject<void>();
  const stop$ = new Subject<void>();
  const planned$ = new Subject<PlannedRetry | null>();

  /** Changes the current answer, which is the last entry. */
  const update = (id: number, change: Partial<ConversationAnswer>): void =>
    messages.update((entries) => {
      const entry = entries.at(-1);
      return entry?.id === id && isAnswer(entry)
        ? [...entries.slice(0, -1), { ...entry, ...change }]
        : entries;
    });

  /** Ends the wait for a retry when the attempt begins. */
  const attempt = <T>(source$: Observable<T>): Observable<T> =>
    defer(() => {
      planned$.next(null);
      return source$;
    });

  const chunks$ = (history: readonly Message[]): Observable<Decoded<ChatCompletionChunk>> =>
    // Deferred: an option that throws fails the answer, not the conversation.
    defer(() =>
      withRetries(
        attempt(
          chatCompletion$(valueOf(options.config ?? appConfig), {
            ...valueOf(options.request),
            messages: history,
          }),
        ),
        retry && {
          ...retry,
          onRetry: (planned) => {
            planned$.next(planned);
            retry.onRetry?.(planned);
          },
        },
      ).pipe(options.chunks ?? identity),
    );

  const answer$ = (): Observable<unknown> => {
    const id = (lastId += 1);
    const history = historyOf(messages());
    let completion = emptyCompletion;
    messages.update((entries) => [...entries, { ...waiting.state, id, role: 'assistant', metrics: null }]);
    return outside(
      chunks$(history).pipe(
        tapMetrics((metrics) => {
          if (metrics.end !== 'restarted') update(id, { metrics });
        }),
        tap((decoded) => {
          if (decoded._tag === 'Right') completion = addChunk(completion, decoded.right);
        }),
        // Above the fold, which then emits `stopped` and keeps what was received.
        takeUntil(stop$),
        toChatState({ onChunkError: options.onChunkError }),
        perFrame(),
        tap((state) => update(id, state)),
        finalize(() => {
          planned$.next(null);
          update(id, { received: completion.choices[0]?.message ?? undefined });
        }),
      ),
    );
  };

  const work = merge(
    planned$.pipe(
      switchMap((planned) => retryCountdown$(planned, scheduler)),
      tap((pending) => pendingRetry.set(pending)),
    ),
    start$.pipe(switchMap(answer$)),
  ).subscribe();

  const stop = (): void => untracked(() => stop$.next());
  const start = (entries: readonly ConversationEntry[]): void => {
    if (onServer || work.closed) return;
    stop();
    messages.set(entries);
    start$.next();
  };

  inject(DestroyRef).onDestroy(() => {
    stop();
    work.unsubscribe();
  });

  return {
    messages: messages.asReadonly(),
    status: computed(() => last()?.status ?? 'idle'),
    busy: computed(() => last()?.status === 'waiting' || last()?.status === 'streaming'),
    content: computed(() => last()?.content ?? ''),
    reasoning: computed(() => last()?.reasoning ?? ''),
    error: computed(() => last()?.error ?? null),
    retry: computed(() => pendingRetry()?.planned ?? null),
    retryIn: computed(() => pendingRetry()?.remainingMs ?? null),
    metrics: computed(() => last()?.metrics ?? null),
    // Untracked: an effect that sends must not run, and send, again at each token of the answer.
    send: (message) =>
      untracked(() => {
        stop();
        start([...messages(), ...toEntries(toMessages(message))]);
      }),
    stop,
    regenerate: () =>
      untracked(() => {
        const end = messages().map(isAnswer).lastIndexOf(false) + 1;
        if (messages().some(needsAnswer)) start(messages().slice(0, end));
      }),
    edit: (id, message) =>
      untracked(() => {
        const place = messages().findIndex((entry) => entry.id === id && entry.role === 'user');
        if (place < 0) return;
        start([...messages().slice(0, place), ...toEntries(toMessages(message))]);
      }),
    reset: (first = options.messages ?? []) => {
      stop();
      messages.set(toEntries(first));
    },
  };
}

const isAnswer = (entry: ConversationEntry): entry is ConversationAnswer => entry.role === 'assistant';

/** Whether an entry needs an answer; a system message does not. */
const needsAnswer = ({ role }: ConversationEntry): boolean => role === 'user' || role === 'tool';

const valueOf = <T extends object>(option: T | (() => T)): T =>
  typeof option === 'function' ? option() : option;

function toMessages(message: string | Message | readonly Message[]): readonly Message[] {
  if (typeof message === 'string') return [{ role: 'user', content: message }];
  return 'role' in message ? [message] : message;
}
