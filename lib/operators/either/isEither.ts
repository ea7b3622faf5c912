import type { Either } from 'fp-ts/Either';

import { isRecord } from '../../codec/isRecord';

/** Whether a value is an Either. */
export const isEither = (value: unknown): value is Either<unknown, unknown> =>
  isRecord(value) && (value._tag === 'Right' || value._tag === 'Left');
