import { changeConfig } from '../call/changeConfig';
import type { Fetch } from '../transport/callFetch';
import type { ChatFeature } from './provideChatCompletions';

/**
 * Sends requests with the given `fetch`, in place of any transport set before.
 *
 * @param fetch - A function that sends a request as `fetch` does; called unbound.
 *
 * @example A page without a server
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
export const withFetch = (fetch: Fetch): ChatFeature => ({
  configure: (config) => changeConfig(config, { transport: undefined, fetch }),
});
