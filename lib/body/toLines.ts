import { endWith, map, pipe, scan, type OperatorFunction } from 'rxjs';

import type { LimitError } from '../errors';
import { cutLines, END_OF_TEXT, noLines, type Lines } from './lines';

/**
 * Cuts text into lines, wherever the reads ended; emits, for each piece of text, the lines that ended in it.
 *
 * @param limit - The longest line, in UTF-16 code units; a longer one is a {@link LimitError} in its place.
 */
export function toLines(limit: number): OperatorFunction<string, Lines['lines']> {
  return pipe(
    endWith(END_OF_TEXT),
    scan((lines: Lines, text: string | typeof END_OF_TEXT) => cutLines(lines, text, limit), noLines),
    map(({ lines }): ReadonlyArray<string | LimitError> => lines),
  );
}
