import { of, type ObservableInput } from 'rxjs';

/** Returns an Observable input: a text as one value, where RxJS would emit its characters, and nothing as no value. */
export const inputOf = <T>(input: ObservableInput<T> | null | undefined): ObservableInput<T> =>
  typeof input === 'string' ? of<T>(input) : (input ?? []);
