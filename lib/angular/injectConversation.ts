import {
  assertInInjectionContext,
  computed,
  DestroyRef,
  inject,
  PLATFORM_ID,
  signal,
  untracked,
  type Signal,
} from '@angular/core';
import {
  asyncScheduler,
  defer,
  finalize,
  identity,
  map,
  merge,
  of,
  Subject,
  switchMap,
  takeUntil,
  takeWhile,
  tap,
  timer,
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerLike,
} from 'rxjs';

import { chatCompletion$ } from '../call/chatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import type { ChatConfig } from '../call/config';
import type { FoldOptions } from '../operators/accumulate/FoldOptions';
import { tapMetrics, type ChatMetrics } from '../operators/tapMetrics';
import { perFrame } from '../operators/flow/perFrame';
import type { PlannedRetry, RestartOptions, RetryOptions } from '../operators/resilience/retryChat';
import type { ChatRequest } from '../request/ChatRequest';
import type { Message } from '../request/Message';
import { waiting, type ChatStatus } from '../state/ChatState';
import { toChatState } from '../state/toChatState';
import { entryOf, historyOf, type ConversationAnswer, type ConversationEntry } from './history';
import { outsideAngular } from './outsideAngular';
import { CHAT_COMPLETIONS_CONFIG, CHAT_COMPLETIONS_RETRY, withRetries } from './tokens';

/** What is asked beside the messages: the model, tools, a temperature. */
export type ConversationRequest = Omit<ChatRequest, 'messages'>;

/** Where a conversation stands: `idle` before its first answer, then where its last answer does. */
export type ConversationStatus = 'idle' | ChatStatus;

/** What {@link injectConversation} can be told. */
export interface ConversationOptions {
  /** What is asked beside the messages. A function, or a signal, is asked at each answer. */
  readonly request: ConversationRequest | (() => ConversationRequest);
  /** What was said before, and what the model is told before that. Default: nothing. */
  readonly messages?: readonly Message[];
  /** In place of the app's config. A function, or a signal, is asked at each answer. */
  readonly config?: ChatConfig | (() => ChatConfig);
  /** In place of the app's `withRetry()`; `null` for no retries. */
  readonly retry?: RetryOptions | RestartOptions | null;
  /** What becomes of a chunk that could not be read. Default `'fail'`, with the text so far kept. */
  readonly onChunkError?: FoldOptions['onChunkError'];
  /** Looks on, or changes what comes: put between the retries and the fold. Default: nothing. */
  readonly chunks?: MonoTypeOperatorFunction<Decoded<ChatCompletionChunk>>;
  /** Times the countdown of a retry. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** A conversation as signals, and what a user does to it. */
export interface Conversation {
  /** All that was said, the answer that is being written last. Entries that do not change stay the same objects. */
  readonly messages: Signal<readonly ConversationEntry[]>;
  /** Where the last answer stands; `waiting` while a retry is waited for, too. */
  readonly status: Signal<ConversationStatus>;
  /** Whether an answer is awaited or being written. */
  readonly busy: Signal<boolean>;
  /** The text of the last answer, as far as it came. */
  readonly content: Signal<string>;
  /** What the model thought for the last answer. */
  readonly reasoning: Signal<string>;
  /** Why the last answer failed. */
  readonly error: Signal<Error | null>;
  /** The retry that is waited for. */
  readonly retry: Signal<PlannedRetry | null>;
  /** Milliseconds until that retry, counted down four times a second. */
  readonly retryIn: Signal<number | null>;
  /** How the last answer went, once it has ended. */
  readonly metrics: Signal<ChatMetrics | null>;
  /**
   * Says something, and asks for an answer. An answer that is being written is stopped first.
   *
   * @param said - The user's words, or messages: replies to tool calls, pictures. The replies to all calls of an answer go
   * in one call, for they are told to the model together or not at all.
   */
  readonly send: (said: string | Message | readonly Message[]) => void;
  /** Stops the answer, or the wait for a retry, and keeps what came. */
  readonly stop: () => void;
  /** Asks again for the last answer, which is dropped. Does not wait for a retry. */
  readonly regenerate: () => void;
  /**
   * Says something else instead, and asks again. What came after is dropped.
   *
   * @param id - Of the entry in `messages`; one that is not there, or is an answer, changes nothing.
   */
  readonly edit: (id: number, said: string | Message | readonly Message[]) => void;
  /** Stops, and starts over with these messages. Default: those of the options. */
  readonly reset: (messages?: readonly Message[]) => void;
}

/**
 * A conversation for a component or a service: signals to draw, methods for its buttons.
 *
 * It is stopped when its component or service is destroyed, and asks nothing on a server that renders the page. It never
 * errors: an answer that fails is an entry that still holds its text. Signals change at most once a frame; reads of the
 * network run outside Angular's zone, where there is one.
 *
 * @param options - What is asked.
 * @returns The conversation of this injection context; each call makes another.
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
  // By name: the package that has `isPlatformServer` need not be installed.
  const onServer = inject(PLATFORM_ID) === 'server';
  const { retry = appRetry, scheduler = asyncScheduler } = options;

  let lastId = 0;
  const entered = (said: readonly Message[]) => said.map((message) => entryOf((lastId += 1), message));

  const messages = signal<readonly ConversationEntry[]>(entered(options.messages ?? []));
  const waitingFor = signal<Wait | null>(null);
  const last = computed(() => messages().filter(isAnswer).at(-1));

  const ask$ = new Subject<void>();
  const stop$ = new Subject<void>();
  const planned$ = new Subject<PlannedRetry | null>();

  /** Changes the answer that is being written, which is the last entry. */
  const write = (id: number, change: Partial<ConversationAnswer>): void =>
    messages.update((entries) => {
      const entry = entries.at(-1);
      return entry?.id === id && isAnswer(entry)
        ? [...entries.slice(0, -1), { ...entry, ...change }]
        : entries;
    });

  /** An attempt, with which the wait for it is over. */
  const begun = <T>(attempt$: Observable<T>): Observable<T> =>
    defer(() => {
      planned$.next(null);
      return attempt$;
    });

  const chunks$ = (history: readonly Message[]): Observable<Decoded<ChatCompletionChunk>> =>
    // Deferred: an option that throws fails the answer, and not the conversation.
    defer(() =>
      withRetries(
        begun(
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
    messages.update((entries) => [...entries, { ...waiting.state, id, role: 'assistant', metrics: null }]);
    return outside(
      chunks$(history).pipe(
        tapMetrics((metrics) => {
          if (metrics.end !== 'restarted') write(id, { metrics });
        }),
        // Above the fold, which then says `stopped` and keeps what came.
        takeUntil(stop$),
        toChatState({ onChunkError: options.onChunkError }),
        perFrame(),
        tap((state) => write(id, state)),
        finalize(() => planned$.next(null)),
      ),
    );
  };

  const work = merge(
    planned$.pipe(
      switchMap((planned) => countdown$(planned, scheduler)),
      tap((wait) => waitingFor.set(wait)),
    ),
    ask$.pipe(switchMap(answer$)),
  ).subscribe();

  const stop = (): void => untracked(() => stop$.next());
  const ask = (entries: readonly ConversationEntry[]): void => {
    if (onServer || work.closed) return;
    stop();
    messages.set(entries);
    ask$.next();
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
    retry: computed(() => waitingFor()?.planned ?? null),
    retryIn: computed(() => waitingFor()?.leftMs ?? null),
    metrics: computed(() => last()?.metrics ?? null),
    // Untracked: an effect that asks must not run, and ask, again at each token of the answer.
    send: (said) =>
      untracked(() => {
        stop();
        ask([...messages(), ...entered(messagesOf(said))]);
      }),
    stop,
    regenerate: () =>
      untracked(() => {
        const answered = messages().map(isAnswer).lastIndexOf(false) + 1;
        if (messages().some(isAsked)) ask(messages().slice(0, answered));
      }),
    edit: (id, said) =>
      untracked(() => {
        const place = messages().findIndex((entry) => entry.id === id && entry.role === 'user');
        if (place < 0) return;
        ask([...messages().slice(0, place), ...entered(messagesOf(said))]);
      }),
    reset: (said = options.messages ?? []) => {
      stop();
      messages.set(entered(said));
    },
  };
}

/** A retry that is waited for, and what is left of the wait. */
interface Wait {
  readonly planned: PlannedRetry;
  readonly leftMs: number;
}

/** How often what is left is told, in milliseconds. */
const TOLD_EVERY_MS = 250;

/** By the clock: the timers of a hidden tab come late. It stands at its last until the attempt begins. */
function countdown$(planned: PlannedRetry | null, scheduler: SchedulerLike): Observable<Wait | null> {
  if (planned === null) return of(null);
  const at = scheduler.now() + planned.delayMs;
  return timer(0, TOLD_EVERY_MS, scheduler).pipe(
    map(() => ({ planned, leftMs: Math.max(at - scheduler.now(), 0) })),
    takeWhile(({ leftMs }) => leftMs > 0, true),
  );
}

const isAnswer = (entry: ConversationEntry): entry is ConversationAnswer => entry.role === 'assistant';

/** Whether an entry is to be answered; what a model is told beforehand is not. */
const isAsked = ({ role }: ConversationEntry): boolean => role === 'user' || role === 'tool';

const valueOf = <T extends object>(given: T | (() => T)): T =>
  typeof given === 'function' ? given() : given;

function messagesOf(said: string | Message | readonly Message[]): readonly Message[] {
  if (typeof said === 'string') return [{ role: 'user', content: said }];
  return 'role' in said ? [said] : said;
}
