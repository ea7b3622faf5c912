import { left, right, type Either } from 'fp-ts/Either';
import {
  catchError,
  defaultIfEmpty,
  defer,
  map,
  of,
  take,
  type Observable,
  type ObservableInput,
} from 'rxjs';

import { BadJson } from '../../errors';
import { inputOf } from '../../rx/inputOf';

/** A function that converts a text that is not JSON to JSON, synchronous or not. */
export type Repair = (text: string) => string | ObservableInput<string>;

/** Emits the repaired text. A function that fails, or emits nothing, leaves the text as it is: {@link BadJson}. */
export const repaired$ = (text: string, repair: Repair): Observable<Either<BadJson, string>> =>
  defer(() => inputOf(repair(text))).pipe(
    take(1),
    map((json): Either<BadJson, string> => right(json)),
    defaultIfEmpty(left(new BadJson(text))),
    catchError((cause: unknown) => of(left(new BadJson(text, cause)))),
  );
