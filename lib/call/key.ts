import {
  catchError,
  defer,
  filter,
  switchMap,
  take,
  takeUntil,
  throwIfEmpty,
  type Observable,
  type ObservableInput,
} from 'rxjs';

import { isChatError, RequestError } from '../errors';
import { inputOf } from '../rx/inputOf';
import type { ChatConfig } from './config';

/**
 * Emits what `send` returns for the API key of a config, which is read again at each subscription; `undefined` if there is none.
 *
 * @param timeout$ - Errors if a function takes too long to return the key.
 */
export const withKey = <T>(
  apiKey: ChatConfig['apiKey'],
  timeout$: Observable<never>,
  send: (key: string | undefined) => Observable<T>,
): Observable<T> =>
  typeof apiKey === 'function' ? keyFrom(apiKey, timeout$).pipe(switchMap(send)) : defer(() => send(apiKey));

const keyFrom = (
  apiKey: () => string | ObservableInput<string>,
  timeout$: Observable<never>,
): Observable<string> =>
  defer(() => inputOf(apiKey())).pipe(
    take(1),
    // JavaScript allows a function that returns another type, which would be sent as `Bearer null`.
    filter((key: unknown) => typeof key === 'string'),
    throwIfEmpty(() => new RequestError('apiKey returned no key: return a string, or leave apiKey out')),
    catchError((cause: unknown) => {
      throw isChatError(cause)
        ? cause
        : new RequestError('the apiKey function failed; its error is the cause', { cause });
    }),
    takeUntil(timeout$),
  );
