import { defer, type Observable } from 'rxjs';

import type { ChatConfig } from './config';
import { configOf } from './configOf';

/**
 * Like `defer`, for a call: `create` receives the checked config, and the number of the subscription; the first is 1.
 *
 * Errors with `RequestError` for a config that JavaScript allows and the types do not.
 */
export function deferCall<T>(
  config: ChatConfig,
  create: (config: ChatConfig, attempt: number) => Observable<T>,
): Observable<T> {
  let subscriptions = 0;
  return defer(() => {
    subscriptions += 1;
    return create(configOf(config), subscriptions);
  });
}
