import { identity, tap, type MonoTypeOperatorFunction } from 'rxjs';

import type { ChatError } from '../errors';
import type { ChatHooks } from './config';

/** Calls the hooks for the end of a call: as methods, since a hooks object may be an instance of a class. */
export const tapHooks = <T>(hooks: ChatHooks): MonoTypeOperatorFunction<T> =>
  hooks.onError || hooks.onComplete || hooks.onAbort
    ? tap({
        error: (error: unknown) => hooks.onError?.(error as ChatError),
        complete: () => hooks.onComplete?.(),
        unsubscribe: () => hooks.onAbort?.(),
      })
    : identity;
