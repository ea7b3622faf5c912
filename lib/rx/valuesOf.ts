import {
  from,
  of,
  type InteropObservable,
  type Observable,
  type ObservableInput,
  type ReadableStreamLike,
} from 'rxjs';

/**
 * A value, or a stream of values. Like `ObservableInput` of RxJS, but a list is one value, as a string is.
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import type { ValueOrStream } from 'rxjs-chat-completions/tools';
 *
 * const lists: ValueOrStream<string[]>[] = [['Oslo'], Promise.resolve(['Oslo']), of(['Oslo'], ['Oslo', 'Rome'])];
 * console.assert(lists.length === 3);
 * ```
 */
export type ValueOrStream<T> =
  | T
  | Observable<T>
  | InteropObservable<T>
  | PromiseLike<T>
  | AsyncIterable<T>
  | ReadableStreamLike<T>
  | Generator<T>;

/** Returns an Observable of the values of a stream, or of one value. */
export const valuesOf = <T>(given: ValueOrStream<T>): Observable<T> =>
  isStream<T>(given) ? from(given) : of(given);

/** The methods of an Observable, a promise, an async iterable, a web stream and a generator. */
const METHODS = ['subscribe', 'then', Symbol.asyncIterator, 'getReader', 'next'];

const isStream = <T>(given: unknown): given is ObservableInput<T> =>
  METHODS.some((name) => typeof Reflect.get(Object(given) as object, name) === 'function');
