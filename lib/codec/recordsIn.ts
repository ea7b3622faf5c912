import { isRecord } from './isRecord';

/** Returns the objects in a list; none for any other value. */
export const recordsIn = (list: unknown): ReadonlyArray<Readonly<Record<string, unknown>>> =>
  Array.isArray(list) ? list.filter(isRecord) : [];
