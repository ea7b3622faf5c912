/** Fields of a JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object, and neither an array nor null. */
export const isJsonObject = (json: unknown): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** Returns the fields of a JSON object, and none of any other value. */
export const fieldsOf = (json: unknown): JsonObject => (isJsonObject(json) ? json : {});

/** Parses a body. Returns `undefined` for one that is missing or not JSON. */
export function parseJson(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}
