import { defer, type OperatorFunction } from 'rxjs';

import type { LimitError } from '../errors';
import { concatItems } from '../rx/concatItems';
import { defaultLimits } from '../transport/limits';
import type { Bytes } from '../transport/transport';
import { LineBuffer } from './LineBuffer';
import { emptyLine, splitLines } from './lines';

/**
 * Splits the reads of a body into lines, as newline-delimited JSON has them.
 *
 * A read may end inside a line, or inside a character. The text after the last line break is a line as well.
 *
 * ```text
 * source:    --a---b--|    a = 'one\ntw', b = 'o\nthree'
 * toLines(): --x---y--(z|) x = 'one', y = 'two', z = 'three'
 * ```
 *
 * @param limit - The longest line, in UTF-16 code units. Default 16 Mi.
 * @returns An operator that errors with {@link LimitError} at a longer line.
 *
 * @example
 * ```ts
 * import { of, toArray } from 'rxjs';
 * import { toLines } from 'rxjs-chat-completions/sse';
 *
 * const read = new TextEncoder().encode('{"n":1}\n{"n":2}\n');
 * of(read).pipe(toLines(), toArray()).subscribe((lines) => console.assert(lines.length === 2));
 * ```
 */
export function toLines(limit = defaultLimits.line): OperatorFunction<Bytes, string> {
  return (read$) =>
    defer(() => {
      const buffer = new LineBuffer(limit);
      let open = emptyLine;
      const linesIn = (text: string): Array<string | LimitError> => {
        const lines: Array<string | LimitError> = [];
        open = splitLines(open, text, limit, { onLine: (line) => lines.push(line) > 0 });
        return lines;
      };
      return read$.pipe(
        concatItems<Bytes, string>(
          (read) => linesIn(buffer.take(read)),
          () => {
            const lines = linesIn(buffer.end());
            return open.text === '' ? lines : [...lines, open.text];
          },
        ),
      );
    });
}
