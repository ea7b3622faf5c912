import { makeEnvironmentProviders, type EnvironmentProviders } from '@angular/core';

import type { ChatConfig } from '../call/config';
import type { RestartOptions, RetryOptions } from '../operators/resilience/retryChat';
import { clientOf } from './ChatClient';
import { CHAT_COMPLETIONS, CHAT_COMPLETIONS_CONFIG, CHAT_COMPLETIONS_RETRY } from './tokens';

/** A feature of {@link provideChatCompletions}, as `withHttpClient()` and the others return it. */
export interface ChatFeature {
  /** Changes the config; called in an injection context, so it may call `inject()`. */
  readonly configure?: (config: ChatConfig) => ChatConfig;
  /** Options for the retries of calls. */
  readonly retry?: RetryOptions | RestartOptions;
}

/**
 * Provides the server's config to an app, or to the part of it below a route.
 *
 * @param config - The config of the calls. A function is called once, when the config is first needed, in an injection
 * context, so it may call `inject()`.
 * @param features - `withHttpClient()`, `withFetch(fetch)`, `withRetry()`. They apply to the config in the order given.
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
    // Here too, not only in the root: below a route the client uses that route's config.
    {
      provide: CHAT_COMPLETIONS,
      useFactory: clientOf,
      deps: [CHAT_COMPLETIONS_CONFIG, CHAT_COMPLETIONS_RETRY],
    },
  ]);
}
