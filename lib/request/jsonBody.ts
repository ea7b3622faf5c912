import { RequestError } from '../errors';

/** Half a surrogate pair. */
const HALF_CHARACTER = /[\uD800-\uDFFF]/gu;

/**
 * Returns the JSON text of the fields of a request.
 *
 * Half a surrogate pair, as in a text that was cut inside an emoji, becomes U+FFFD: UTF-8 does not have it, and servers respond
 * with an error to it and to every later request of the conversation.
 *
 * @throws RequestError if a field cannot be serialized, such as a BigInt or a circular reference.
 */
export function jsonBody(fields: Readonly<Record<string, unknown>>): string {
  try {
    const json = JSON.stringify(fields);
    // JSON has halves only as escapes.
    return json.includes('\\ud') ? JSON.stringify(fields, wellFormed) : json;
  } catch (cause) {
    throw new RequestError('the request is not JSON: remove BigInts and circular references', { cause });
  }
}

const wellFormed = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? value.replace(HALF_CHARACTER, '\uFFFD') : value;
