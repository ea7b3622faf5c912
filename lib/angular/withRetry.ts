import type { RestartOptions, RetryOptions } from '../operators/resilience/retryChat';
import type { ChatFeature } from './provideChatCompletions';

/**
 * Sends calls again when that may help, as `retryChat` does.
 *
 * With `restart: true` an answer that broke off is begun again; only streams do that.
 *
 * @param options - How often, how long, and who is told.
 *
 * @example
 * ```ts
 * import type { ApplicationConfig } from '@angular/core';
 * import { provideChatCompletions, withRetry } from 'rxjs-chat-completions/angular';
 *
 * export const appConfig: ApplicationConfig = {
 *   providers: [provideChatCompletions({}, withRetry({ count: 5 }))],
 * };
 * ```
 */
export const withRetry = (options: RetryOptions | RestartOptions = {}): ChatFeature => ({ retry: options });
