/**
 * Returns the length of a text without an unfinished surrogate pair at its end.
 *
 * Servers that escape text as UTF-16 may split a character outside the basic plane across two chunks. Each half alone is not a
 * character, and becomes U+FFFD when it is encoded.
 */
export function completeLength(text: string): number {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
}
