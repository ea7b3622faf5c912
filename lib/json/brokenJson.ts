/** The start of a line that opens a fence. */
const FENCE = /^(?:`{3}|~{3})/;
const CLOSINGS = ['\n```', '\n~~~'];

/**
 * Returns broken JSON without the prose before it and the fence around it.
 *
 * @param start - Start of the JSON in the text; negative if it is not known.
 */
export function brokenJson(text: string, start: number): string {
  if (start < 0) return text;
  const line = text.slice(0, start).trimEnd().split('\n').at(-1) ?? '';
  // Without an opening, the closing may be in a string.
  const end = FENCE.test(line.trimStart())
    ? Math.max(...CLOSINGS.map((closing) => text.lastIndexOf(closing)))
    : -1;
  return text.slice(start, end > start ? end : undefined);
}
