import { LimitError } from '../errors';

/** The line that a piece of text ended in. */
export interface OpenLine {
  readonly text: string;
  /** Whether the text so far ends in CR: an LF to come belongs to it. */
  readonly afterCR: boolean;
}

/** Whoever lines are cut for. */
export interface LineHandler {
  /**
   * Is given each line that has ended, and a {@link LimitError} in the place of one over the limit, after which there is
   * none; says whether it wants more.
   */
  readonly onLine: (line: string | LimitError) => boolean;
}

export const emptyLine: OpenLine = { text: '', afterCR: false };

/**
 * Cuts one more piece of text into lines; LF, CR and CRLF end a line, also when two pieces cut a CRLF apart.
 *
 * Only the new piece is searched, and what is carried over is joined once, so the cost is linear in the text
 * however it is cut.
 *
 * @param limit - The longest line, in UTF-16 code units.
 * @returns The line that has not ended yet.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function splitLines(before: OpenLine, text: string, limit: number, taker: LineHandler): OpenLine {
  if (text === '') return before;
  let carried = before.text;
  let start = before.afterCR && text.startsWith('\n') ? 1 : 0;
  let lf = text.indexOf('\n', start);
  let cr = text.indexOf('\r', start);
  while (lf !== -1 || cr !== -1) {
    const endsInLF = cr === -1 || (lf !== -1 && lf < cr);
    const end = endsInLF ? lf : cr;
    const line = carried + text.slice(start, end);
    if (line.length > limit) return tooLong(limit, taker);
    if (!taker.onLine(line)) return emptyLine;
    carried = '';
    start = !endsInLF && lf === cr + 1 ? end + 2 : end + 1;
    if (lf !== -1 && lf < start) lf = text.indexOf('\n', start);
    if (cr !== -1 && cr < start) cr = text.indexOf('\r', start);
  }
  if (start === text.length && carried === '' && !text.endsWith('\r')) return emptyLine;
  const rest = carried + text.slice(start);
  return rest.length > limit ? tooLong(limit, taker) : { text: rest, afterCR: text.endsWith('\r') };
}

function tooLong(limit: number, taker: LineHandler): OpenLine {
  taker.onLine(new LimitError('line', limit));
  return emptyLine;
}
