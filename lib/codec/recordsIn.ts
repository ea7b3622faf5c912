import { isRecord } from './isRecord';

/** Returns the objects in a list; none for any other value. */
export const recordsIn = (list: unknown): ReadonlyArray<Readonly<Record<string, unknown>>> =>
  Array.isArray(list) ? list.filter(isRecord) : [];

/** Whether a JSON value is a list of objects. */
export const isRecordList = (json: unknown): boolean => Array.isArray(json) && json.every(isRecord);
