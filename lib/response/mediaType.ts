import type { ResponseHead } from '../transport/transport';

/**
 * Returns the media type of a body without its parameters, in lower case; `''` if there is none.
 *
 * A response with two such headers has them in one value; the last counts, as in the Fetch standard.
 */
export const mediaTypeOf = ({ headers }: ResponseHead): string =>
  (headers['content-type'] ?? '')
    .replace(/"[^"]*"/g, '')
    .split(',')
    .map((value) => value.replace(/;.*/s, '').trim().toLowerCase())
    .filter(Boolean)
    .at(-1) ?? '';
