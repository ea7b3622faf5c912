import type { Observable, ObservableInput } from 'rxjs';

import { streamOf } from '../rx/streamOf';

/**
 * Returns an Observable of the result of a function of the app.
 *
 * @param name - The name of the function, for the error.
 * @throws RequestError for a plain value, which JavaScript allows.
 */
export const returnedBy = <T>(name: string, result: ObservableInput<T>): Observable<T> =>
  streamOf(result, `${name} must return an Observable or a promise: make it async, or return [result]`);
