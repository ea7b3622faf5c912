import type { ChatFeature } from './provideChatCompletions';

/**
 * Sends requests with a `fetch` of the app's own, in place of any transport that was set before.
 *
 * @param fetch - Called as `fetch` is, unbound.
 *
 * @example A page that has no server
 * ```ts
 * import type { ApplicationConfig } from '@angular/core';
 * import { provideChatCompletions, withFetch } from 'rxjs-chat-completions/angular';
 * import { demoModel, scriptedFetch } from 'rxjs-chat-completions/testing';
 *
 * export const appConfig: ApplicationConfig = {
 *   providers: [provideChatCompletions({}, withFetch(scriptedFetch(demoModel(), { delayMs: 20 })))],
 * };
 * ```
 */
export const withFetch = (fetch: typeof globalThis.fetch): ChatFeature => ({
  configure: (config) => ({ ...config, transport: undefined, fetch }),
});
