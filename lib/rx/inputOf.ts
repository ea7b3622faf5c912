import { of, type ObservableInput } from 'rxjs';

/**
 * Returns an Observable input, a string or bytes as a single value: RxJS would emit their characters or numbers, since they are
 * iterable. `null` and `undefined` emit nothing.
 */
export const inputOf = <T>(
  value: string | ObservableInput<T> | null | undefined,
): ObservableInput<T | string> =>
  typeof value === 'string' || ArrayBuffer.isView(value) ? of(value as T | string) : (value ?? []);
