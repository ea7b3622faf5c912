import type { RestartOptions, RetryOptions } from '../operators/resilience/retryChat';
import type { ChatFeature } from './provideChatCompletions';

/**
 * Retries failed calls as `retryChat` does.
 *
 * With `restart: true` a stream that fails after output starts again; other calls have no output to restart after.
 *
 * @param options - The number of retries, their waits and a callback.
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
