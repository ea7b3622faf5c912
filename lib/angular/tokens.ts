import { inject, InjectionToken } from '@angular/core';

import type { ChatConfig } from '../call/config';
import type { RestartOptions, RetryOptions } from '../operators/resilience/retryChat';
import { clientOf, type ChatClient } from './ChatClient';

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
