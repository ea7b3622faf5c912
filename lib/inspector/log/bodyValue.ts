import { parseJson } from '../../codec/parseJson';

/** Returns the value of a body: its JSON, or else its text; `undefined` for an empty one. */
export function bodyValue(text: string): unknown {
  const json = parseJson(text);
  return json === undefined ? text || undefined : json;
}
