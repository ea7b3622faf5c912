import { inject } from '@angular/core';

import type { ChatClient } from './ChatClient';
import { CHAT_COMPLETIONS } from './tokens';

/**
 * Returns the calls of this library, bound to the app's config.
 *
 * Calls made through it can be tested with another config or client, in marbles too. Call it in an
 * injection context: a field initialiser, a constructor, a factory. Subscribe in an event handler instead: a field
 * initialiser also runs during server-side rendering, and would send the request twice.
 *
 * @returns The client of the closest {@link provideChatCompletions}; without one, a client of Ollama on this machine.
 *
 * @example
 * ```ts
 * import { Injectable } from '@angular/core';
 * import { accumulateContent, type Message } from 'rxjs-chat-completions';
 * import { injectChatCompletions } from 'rxjs-chat-completions/angular';
 *
 * @Injectable({ providedIn: 'root' })
 * export class Summaries {
 *   private readonly chat = injectChatCompletions();
 *
 *   summary$(messages: readonly Message[]) {
 *     return this.chat.chatCompletion$({ model: 'llama3.2', messages }).pipe(accumulateContent());
 *   }
 * }
 * ```
 */
export const injectChatCompletions = (): ChatClient => inject(CHAT_COMPLETIONS);
