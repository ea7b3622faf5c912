/** Whether a value is a list of values: `Array.isArray` does not narrow readonly arrays. */
export const isList = <T>(value: T | readonly T[]): value is readonly T[] => Array.isArray(value);
