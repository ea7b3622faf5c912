import { of, type ObservableInput } from 'rxjs';

/** Returns an Observable input with a text as one value. RxJS would emit the characters of a string. */
export const inputOf = <T>(input: ObservableInput<T>): ObservableInput<T> =>
  typeof input === 'string' ? of<T>(input) : input;
