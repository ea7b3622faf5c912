import { isRecord } from '../codec/isRecord';
import type { Json } from './translated';

/** Returns the objects in a list; none for any other value. */
export const recordsIn = (list: unknown): readonly Json[] =>
  Array.isArray(list) ? list.filter(isRecord) : [];
