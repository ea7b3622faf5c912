/** The schemes a link may have. Anything else runs something, or tells somebody. */
const ALLOWED = new Set(['http:', 'https:', 'mailto:']);

/**
 * The address of a link, if it is one to follow.
 *
 * Must be absolute: what a model writes is never about this page's own address.
 */
export function safeAddress(written: string): string | null {
  // What the URL parser would drop first, so that `java\nscript:` is judged as what it becomes.
  const plain = written.replace(/[\p{Cc}\s]/gu, '');
  try {
    const { protocol, href } = new URL(plain);
    return ALLOWED.has(protocol) ? href : null;
  } catch {
    return null;
  }
}
