import { inject } from '@angular/core';

import { CHAT_COMPLETIONS, type ChatClient } from './tokens';

/**
 * The calls of this library, bound to the app's config.
 *
 * Call it where Angular injects: in a field initialiser, a constructor, a factory. Start a request from an event, not from
 * there: a field initialiser also runs on the server while it renders, and the model would be asked twice.
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
