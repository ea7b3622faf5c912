import { makeEnvironmentProviders, type EnvironmentProviders } from '@angular/core';

import type { ChatConfig } from '../call/config';
import type { RestartOptions, RetryOptions } from '../operators/resilience/retryChat';
import { CHAT_COMPLETIONS, CHAT_COMPLETIONS_CONFIG, CHAT_COMPLETIONS_RETRY, clientOf } from './tokens';

/** Something that {@link provideChatCompletions} adds; made by `withHttpClient()` and the others. */
export interface ChatFeature {
  /** What it changes in the config; called in an injection context, so it may `inject()`. */
  readonly configure?: (config: ChatConfig) => ChatConfig;
  /** How often calls are sent again. */
  readonly retry?: RetryOptions | RestartOptions;
}

/**
 * Tells an app, or the part of it below a route, which server to talk to.
 *
 * @param config - Where the server is. A function is called once, when the config is first needed, in an injection
 * context: it may `inject()` what it is made of.
 * @param features - `withHttpClient()`, `withFetch(fetch)`, `withRetry()`. They are applied in this order, over the config.
 *
 * @example
 * ```ts
 * import type { ApplicationConfig } from '@angular/core';
 * import { provideChatCompletions, withRetry } from 'rxjs-chat-completions/angular';
 *
 * export const appConfig: ApplicationConfig = {
 *   providers: [provideChatCompletions({ baseURL: '/api/v1' }, withRetry({ count: 3 }))],
 * };
 * ```
 */
export function provideChatCompletions(
  config: ChatConfig | (() => ChatConfig),
  ...features: readonly ChatFeature[]
): EnvironmentProviders {
  const retry = features.reduce<ChatFeature['retry']>((found, feature) => feature.retry ?? found, undefined);
  return makeEnvironmentProviders([
    {
      provide: CHAT_COMPLETIONS_CONFIG,
      useFactory: () =>
        features.reduce(
          (configured, { configure }) => configure?.(configured) ?? configured,
          typeof config === 'function' ? config() : config,
        ),
    },
    { provide: CHAT_COMPLETIONS_RETRY, useValue: retry ?? null },
    // Here too, and not in the root alone: below a route the client is that route's.
    {
      provide: CHAT_COMPLETIONS,
      useFactory: clientOf,
      deps: [CHAT_COMPLETIONS_CONFIG, CHAT_COMPLETIONS_RETRY],
    },
  ]);
}
