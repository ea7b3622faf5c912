import { chain, left, right, type Either } from 'fp-ts/Either';
import { catchError, defer, map, of, take, throwIfEmpty, type Observable, type ObservableInput } from 'rxjs';

import { BadJson } from '../../errors';
import { inputOf } from '../../rx/inputOf';
import { ended, type Progress, type Structured } from './progress';

/**
 * Emits the state of an answer whose text was repaired.
 *
 * @param repair - Converts a text that is not JSON to JSON. If it fails or emits nothing, the result is a {@link BadJson} with the
 * failure as its cause.
 */
export function repaired$<A, O>(
  progress: Progress<A, O>,
  repair: (text: string) => string | ObservableInput<string>,
): Observable<Structured<A, O>> {
  const { reader } = progress;
  const { text } = reader;
  return defer(() => inputOf(repair(reader.broken))).pipe(
    take(1),
    throwIfEmpty(),
    map((json): Either<BadJson, string> => right(json)),
    catchError((cause: unknown) => of(left(new BadJson(text, { cause })))),
    map((repaired) => ended(progress, chain((json: string) => reader.decodeText(json))(repaired))),
  );
}
