import { isRight, type Right } from 'fp-ts/Either';
import { filter, map, pipe, type OperatorFunction } from 'rxjs';

import type { Decoded } from '../../decode/decode';
import { ChunkFailed, type ChunkError } from '../../errors';

/**
 * What becomes of a chunk that could not be read.
 *
 * `'fail'` ends the stream with {@link ChunkFailed}; `'skip'` leaves the chunk out; a function is told of it, then it is
 * left out.
 */
export type ChunkErrorPolicy = 'fail' | 'skip' | ((error: ChunkError) => void);

/** Settles each Either by a policy: the right values come through. */
export function unwrap<A>(policy: ChunkErrorPolicy): OperatorFunction<Decoded<A>, A> {
  return pipe(
    filter((decoded) => isUnwrapped(decoded, policy)),
    map(({ right }) => right),
  );
}

/**
 * Whether an Either is a value; else the policy is done by.
 *
 * @throws ChunkFailed where the policy is to fail.
 */
export function isUnwrapped<A>(decoded: Decoded<A>, policy: ChunkErrorPolicy): decoded is Right<A> {
  if (isRight(decoded)) return true;
  if (policy === 'fail') throw new ChunkFailed(decoded.left);
  if (policy !== 'skip') policy(decoded.left);
  return false;
}
