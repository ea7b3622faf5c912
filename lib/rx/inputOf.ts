import { of, type ObservableInput } from 'rxjs';

/**
 * Returns an Observable input, a string as a single value: RxJS would emit its characters, since a string is iterable. `null` and
 * `undefined` are no value.
 */
export const inputOf = <T>(
  value: string | ObservableInput<T> | null | undefined,
): ObservableInput<T | string> => (typeof value === 'string' ? of(value) : (value ?? []));
