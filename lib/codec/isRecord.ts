/** Returns whether a JSON value is an object and not a list. */
export const isRecord = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** Returns the fields of a JSON value; a value that is not an object has none. */
export const fieldsOf = (json: unknown): Readonly<Record<string, unknown>> => (isRecord(json) ? json : {});
