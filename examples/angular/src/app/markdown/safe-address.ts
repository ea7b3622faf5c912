/** Schemes allowed in links. Others may run code or contact a server. */
const ALLOWED = new Set(['http:', 'https:', 'mailto:']);

/**
 * Returns the address of a link, or `null` if it is not allowed.
 *
 * Only absolute addresses are allowed, as a model does not know the address of this page.
 */
export function safeAddress(written: string): string | null {
  // Removes characters that the URL parser ignores, as in `java\nscript:`.
  const plain = written.replace(/[\p{Cc}\s]/gu, '');
  try {
    const { protocol, href } = new URL(plain);
    return ALLOWED.has(protocol) ? href : null;
  } catch {
    return null;
  }
}
