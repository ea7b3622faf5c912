import { of, type ObservableInput } from 'rxjs';

/**
 * Returns a key as an Observable input.
 *
 * A string is an iterable of its characters, so RxJS would emit the first one as the key.
 */
export const keyInput = (key: string | ObservableInput<string>): ObservableInput<string> =>
  typeof key === 'string' ? of(key) : key;
