/** Returns a number, or that in a text; `NaN` for an object, since JSON may name a field `toString`. */
export const numberOf = (json: unknown): number => (typeof json === 'object' ? NaN : Number(json));
