import { inject, InjectionToken } from '@angular/core';
import type { Observable } from 'rxjs';

import { chatCompletion$ } from '../call/chatCompletion';
import { completion$ } from '../call/completion';
import type { ChatConfig } from '../call/config';
import { embeddings$ } from '../call/embeddings';
import { models$ } from '../call/models';
import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Embeddings } from '../codec/Embeddings';
import type { Model } from '../codec/Model';
import type { Decoded } from '../decode/decode';
import { retryChat, type RestartOptions, type RetryOptions } from '../operators/resilience/retryChat';
import type { ChatRequest } from '../request/ChatRequest';
import type { EmbeddingsRequest } from '../request/EmbeddingsRequest';

/**
 * The calls of this library, bound to the app's config.
 *
 * Each is cold: subscribing sends a request, and unsubscribing aborts it.
 */
export interface ChatClient {
  /** Streams a chat completion as decoded chunks. */
  readonly chatCompletion$: (request: ChatRequest) => Observable<Decoded<ChatCompletionChunk>>;
  /** Returns a chat completion that is not streamed. */
  readonly completion$: (request: ChatRequest) => Observable<ChatCompletion>;
  /** Returns the models that the server offers. */
  readonly models$: () => Observable<readonly Model[]>;
  /** Returns the embeddings of texts. */
  readonly embeddings$: (request: EmbeddingsRequest) => Observable<Embeddings>;
}

/**
 * The config that {@link provideChatCompletions} provides, its features included.
 *
 * The default is `{}`: Ollama on this machine.
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

/** Options for the retries of a call; `null` for none. */
export const CHAT_COMPLETIONS_RETRY = new InjectionToken<RetryOptions | RestartOptions | null>(
  'CHAT_COMPLETIONS_RETRY',
  { providedIn: 'root', factory: () => null },
);

/**
 * The client that {@link injectChatCompletions} returns. A test may provide another.
 *
 * @example A scripted model in a test
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

/** Returns the calls for a config and its retries. */
export const clientOf = (config: ChatConfig, retry: RetryOptions | null): ChatClient => ({
  chatCompletion$: (request) => withRetries(chatCompletion$(config, request), retry),
  completion$: (request) => withRetries(completion$(config, request), retry),
  models$: () => withRetries(models$(config), retry),
  embeddings$: (request) => withRetries(embeddings$(config, request), retry),
});

/** Retries a call as the options require. Only a stream of chunks has output that `restart` applies to. */
export const withRetries = <T>(call$: Observable<T>, retry: RetryOptions | null): Observable<T> =>
  retry ? call$.pipe(retryChat(retry)) : call$;
