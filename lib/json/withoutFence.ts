/** The line that opens a fence. */
const FENCE = /^(`{3,}|~{3,})[^\s`~]*\s/m;

/** Returns the text in a fence, or else the complete text, without the blanks and the byte order mark around it. */
export function withoutFence(text: string): string {
  const trimmed = text.trim();
  const match = FENCE.exec(trimmed);
  if (match === null) return trimmed;
  const [opening, fence = ''] = match;
  const start = match.index + opening.length;
  const end = trimmed.lastIndexOf(fence);
  return end < start ? trimmed : trimmed.slice(start, end).trim();
}
