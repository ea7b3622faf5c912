import { concatMap, defaultIfEmpty, map, of, repeat, takeWhile, toArray, type Observable } from 'rxjs';

const MARK = '"""';
/** A line that opens a block, also behind a command: `/system """`. */
const OPENS = /^\s*(?:\/\w+\s+)?"""/;

/**
 * Reads a line, or a block of lines between two `"""`.
 *
 * @param line$ - Emits the first line.
 * @param more$ - Emits one more line on each subscription, or none at the end.
 * @param atEnd - Policy for a block without its second mark: the end of a pipe sends it, a user who ends the input drops it.
 */
export const withBlocks = (
  line$: Observable<string>,
  more$: Observable<string>,
  atEnd: 'send' | 'drop',
): Observable<string> =>
  line$.pipe(concatMap((line) => (OPENS.test(line) ? block$(line, more$, atEnd) : of(line))));

function block$(opening: string, more$: Observable<string>, atEnd: 'send' | 'drop'): Observable<string> {
  if (opening.split(MARK).length > 2) return of(textOf([opening]));
  return more$.pipe(
    defaultIfEmpty(null),
    repeat(),
    takeWhile((line) => line !== null && !line.includes(MARK), true),
    toArray(),
    map((lines) => {
      const isOpen = lines.at(-1) === null;
      return isOpen && atEnd === 'drop' ? '' : textOf([opening, ...lines.filter((line) => line !== null)]);
    }),
  );
}

/** Joins the lines of a block, without its marks and the line breaks beside them. */
function textOf(lines: readonly string[]): string {
  const [before = '', inside = '', ...rest] = lines.join('\n').split(MARK);
  return `${before}${inside.replace(/^\n|\n$/g, '')}${rest.join(MARK).trimEnd()}`;
}
