import { LimitError } from '../errors';

/** What is known after a piece of text: the lines that ended in it, and the beginning of the next. */
export interface Lines {
  /** In order. A line over the limit is a {@link LimitError} in its place, and nothing comes after it. */
  readonly lines: ReadonlyArray<string | LimitError>;
  /** The line that has not ended yet. */
  readonly rest: string;
  /** Whether the text so far ends in CR: an LF to come belongs to it. */
  readonly afterCR: boolean;
}

/** Stands for the end of the text, where a last line ends without a line break. */
export const END_OF_TEXT = null;

export const noLines: Lines = { lines: [], rest: '', afterCR: false };

/**
 * Cuts one more piece of text into lines; LF, CR and CRLF end a line, also when two pieces cut a CRLF apart.
 *
 * Only the new piece is searched, and what is carried over is joined once, so the cost is linear in the text
 * however it is cut.
 *
 * @param limit - The longest line, in UTF-16 code units.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function cutLines({ rest, afterCR }: Lines, text: string | typeof END_OF_TEXT, limit: number): Lines {
  if (text === END_OF_TEXT) return { lines: rest === '' ? [] : [rest], rest: '', afterCR: false };
  if (text === '') return { lines: [], rest, afterCR };
  const lines: Array<string | LimitError> = [];
  let start = afterCR && text.startsWith('\n') ? 1 : 0;
  let lf = text.indexOf('\n', start);
  let cr = text.indexOf('\r', start);
  while (lf !== -1 || cr !== -1) {
    const endsInLF = cr === -1 || (lf !== -1 && lf < cr);
    const end = endsInLF ? lf : cr;
    const line = rest + text.slice(start, end);
    if (line.length > limit) return tooLong(lines, limit);
    lines.push(line);
    rest = '';
    start = !endsInLF && lf === cr + 1 ? end + 2 : end + 1;
    if (lf !== -1 && lf < start) lf = text.indexOf('\n', start);
    if (cr !== -1 && cr < start) cr = text.indexOf('\r', start);
  }
  rest += text.slice(start);
  if (rest.length > limit) return tooLong(lines, limit);
  return { lines, rest, afterCR: text.endsWith('\r') };
}

const tooLong = (lines: ReadonlyArray<string | LimitError>, limit: number): Lines => ({
  ...noLines,
  lines: [...lines, new LimitError('line', limit)],
});
