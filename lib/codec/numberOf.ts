/** Returns a number, or that in a text; `NaN` for an object or a list, since JSON may name a field `toString`. */
export const numberOf = (json: unknown): number =>
  typeof json === 'object' && json !== null ? NaN : Number(json);
