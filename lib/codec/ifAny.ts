/** Returns an object of which any field has a value; `undefined` for one whose fields are `null` or `undefined`. */
export const ifAny = <T extends object>(fields: T): T | undefined =>
  Object.values(fields).some((value) => value != null) ? fields : undefined;
