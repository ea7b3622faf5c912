import { from, type Observable, type ObservableInput } from 'rxjs';

import { RequestError } from '../errors';

/**
 * Returns an Observable of an input.
 *
 * @throws RequestError with a problem for a value that is no input, which JavaScript allows.
 */
export function streamOf<T>(input: ObservableInput<T>, problem: string): Observable<T> {
  try {
    return from(input);
  } catch {
    throw new RequestError(problem);
  }
}
