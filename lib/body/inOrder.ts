import { concatMap, map, pipe, type OperatorFunction } from 'rxjs';

/**
 * Emits what each read held one by one; an error among them ends the stream in its place.
 *
 * So what a read held before its error is delivered before it, and a consumer that has enough in the middle of a
 * read stops everything below from looking at the rest of it.
 */
export function inOrder<T>(): OperatorFunction<ReadonlyArray<T | Error>, T> {
  return pipe(
    concatMap((values) => values),
    map((value) => {
      if (value instanceof Error) throw value;
      return value;
    }),
  );
}
