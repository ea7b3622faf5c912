/** Parses JSON; `undefined` for text that is not JSON, which callers read in another way. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
