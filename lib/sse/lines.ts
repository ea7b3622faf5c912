import { LimitError } from '../errors';

/** The unfinished line at the end of a fragment of text. */
export interface OpenLine {
  readonly text: string;
  /** Whether the text so far ends in CR. An LF that follows belongs to it. */
  readonly afterCR: boolean;
}

/** A receiver of lines. */
export interface LineHandler {
  /**
   * Receives each line that has ended, or a {@link LimitError} in place of a line over the limit, which is the last call.
   * Returns whether it accepts another line.
   */
  readonly onLine: (line: string | LimitError) => boolean;
}

/** The state before the first fragment of text. */
export const emptyLine: OpenLine = { text: '', afterCR: false };

/**
 * Splits one more fragment of text into lines, at LF, CR and CRLF, also if a CRLF is split across two fragments.
 *
 * Only the new fragment is searched, and the unfinished line is joined once, so the cost is linear in the text
 * wherever it is cut.
 *
 * @param limit - The longest line, in UTF-16 code units.
 * @returns The unfinished line.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function splitLines(before: OpenLine, text: string, limit: number, handler: LineHandler): OpenLine {
  if (text === '') return before;
  let open = before.text;
  let start = before.afterCR && text.startsWith('\n') ? 1 : 0;
  let lf = text.indexOf('\n', start);
  let cr = text.indexOf('\r', start);
  while (lf !== -1 || cr !== -1) {
    const endsInLF = cr === -1 || (lf !== -1 && lf < cr);
    const end = endsInLF ? lf : cr;
    const line = open + text.slice(start, end);
    if (line.length > limit) return failTooLong(limit, handler);
    if (!handler.onLine(line)) return emptyLine;
    open = '';
    start = !endsInLF && lf === cr + 1 ? end + 2 : end + 1;
    if (lf !== -1 && lf < start) lf = text.indexOf('\n', start);
    if (cr !== -1 && cr < start) cr = text.indexOf('\r', start);
  }
  if (start === text.length && open === '' && !text.endsWith('\r')) return emptyLine;
  const rest = open + text.slice(start);
  return rest.length > limit ? failTooLong(limit, handler) : { text: rest, afterCR: text.endsWith('\r') };
}

function failTooLong(limit: number, handler: LineHandler): OpenLine {
  handler.onLine(new LimitError('line', limit));
  return emptyLine;
}
