import { inject, InjectionToken } from '@angular/core';
import type { Observable } from 'rxjs';

import { chatCompletion$ } from '../call/chatCompletion';
import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import type { Embeddings } from '../codec/Embeddings';
import type { Model } from '../codec/Model';
import { completion$ } from '../call/completion';
import type { ChatConfig } from '../call/config';
import { embeddings$ } from '../call/embeddings';
import { models$ } from '../call/models';
import { retryChat, type RestartOptions, type RetryOptions } from '../operators/resilience/retryChat';
import type { ChatRequest } from '../request/ChatRequest';
import type { EmbeddingsRequest } from '../request/EmbeddingsRequest';

/**
 * The calls of this library, bound to the app's config.
 *
 * Each is cold, as without Angular: a subscription is a request, and unsubscribing aborts it.
 */
export interface ChatClient {
  /** Streams a chat completion, a decoded chunk at a time. */
  readonly chatCompletion$: (request: ChatRequest) => Observable<Decoded<ChatCompletionChunk>>;
  /** A chat completion in one piece. */
  readonly completion$: (request: ChatRequest) => Observable<ChatCompletion>;
  /** The models the server offers. */
  readonly models$: () => Observable<readonly Model[]>;
  /** Texts as vectors. */
  readonly embeddings$: (request: EmbeddingsRequest) => Observable<Embeddings>;
}

/**
 * Where the server is; what {@link provideChatCompletions} provides, its features included.
 *
 * Without it the config is `{}`: Ollama on this machine.
 *
 * @example
 * ```ts
 * import { inject } from '@angular/core';
 * import { CHAT_COMPLETIONS_CONFIG } from 'rxjs-chat-completions/angular';
 *
 * export const injectBaseURL = () => inject(CHAT_COMPLETIONS_CONFIG).baseURL ?? 'Ollama on this machine';
 * ```
 */
export const CHAT_COMPLETIONS_CONFIG = new InjectionToken<ChatConfig>('CHAT_COMPLETIONS_CONFIG', {
  providedIn: 'root',
  factory: () => ({}),
});

/** How often a call is sent again; `null` for never. */
export const CHAT_COMPLETIONS_RETRY = new InjectionToken<RetryOptions | RestartOptions | null>(
  'CHAT_COMPLETIONS_RETRY',
  { providedIn: 'root', factory: () => null },
);

/**
 * The client that {@link injectChatCompletions} gives; a test may provide another.
 *
 * @example A client that answers from a script
 * ```ts
 * import { TestBed } from '@angular/core/testing';
 * import { CHAT_COMPLETIONS_CONFIG } from 'rxjs-chat-completions/angular';
 * import { scriptedTransport } from 'rxjs-chat-completions/testing';
 *
 * TestBed.configureTestingModule({
 *   providers: [{ provide: CHAT_COMPLETIONS_CONFIG, useValue: { transport: scriptedTransport('Hello') } }],
 * });
 * ```
 */
export const CHAT_COMPLETIONS = new InjectionToken<ChatClient>('CHAT_COMPLETIONS', {
  providedIn: 'root',
  factory: () => clientOf(inject(CHAT_COMPLETIONS_CONFIG), inject(CHAT_COMPLETIONS_RETRY)),
});

/** The calls, with a config and its retries. */
export function clientOf(config: ChatConfig, retry: RetryOptions | RestartOptions | null): ChatClient {
  // A call that gives one value has nothing to begin anew.
  const again = <T>(answer$: Observable<T>): Observable<T> =>
    retry ? answer$.pipe(retryChat<T>({ ...retry, ...BEFORE_OUTPUT })) : answer$;
  return {
    chatCompletion$: (request) => withRetries(chatCompletion$(config, request), retry),
    completion$: (request) => again(completion$(config, request)),
    models$: () => again(models$(config)),
    embeddings$: (request) => again(embeddings$(config, request)),
  };
}

/** A stream of chunks that is begun again as the options say, after output too where they do. */
export const withRetries = (
  decoded$: Observable<Decoded<ChatCompletionChunk>>,
  retry: RetryOptions | RestartOptions | null,
): Observable<Decoded<ChatCompletionChunk>> =>
  retry ? decoded$.pipe('restart' in retry ? retryChat(retry) : retryChat(retry)) : decoded$;

const BEFORE_OUTPUT: object = { restart: false };
