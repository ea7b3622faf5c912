import {
  catchError,
  defer,
  of,
  take,
  takeUntil,
  throwIfEmpty,
  type Observable,
  type ObservableInput,
} from 'rxjs';

import { isChatError, RequestError } from '../errors';
import type { ChatConfig } from './config';
import { keyInput } from './keyInput';

/**
 * Emits the API key of a config, read again at each subscription; `undefined` if there is none.
 *
 * @param timeout$ - Errors if a function takes too long to return the key.
 */
export const keyOf = (
  apiKey: ChatConfig['apiKey'],
  timeout$: Observable<never>,
): Observable<string | undefined> =>
  typeof apiKey === 'function' ? keyFrom(apiKey).pipe(takeUntil(timeout$)) : of(apiKey);

const keyFrom = (apiKey: () => string | ObservableInput<string>): Observable<string> =>
  defer(() => keyInput(apiKey())).pipe(
    take(1),
    throwIfEmpty(() => new RequestError('apiKey returned no key')),
    catchError((error: unknown) => {
      throw isChatError(error) ? error : new RequestError('apiKey failed', error);
    }),
  );
