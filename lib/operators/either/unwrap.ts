import { isLeft, isRight, type Right } from 'fp-ts/Either';
import { filter, map, pipe, type OperatorFunction } from 'rxjs';

import type { Decoded } from '../../decode/decode';
import { ChunkFailed, RequestError, type ChunkError } from '../../errors';

/**
 * Policy for a chunk that cannot be decoded.
 *
 * `'fail'` errors with {@link ChunkFailed}; `'skip'` drops the chunk; a function receives its error, then the chunk is
 * dropped.
 */
export type ChunkErrorPolicy = 'fail' | 'skip' | ((error: ChunkError) => void);

/**
 * Emits the value of each `Right`, and applies a policy to each `Left`.
 *
 * ```text
 * source:         -A-L-B|   A, B = Right, L = Left
 * unwrap('fail'): -a-#      # = ChunkFailed
 * unwrap('skip'): -a---b|
 * ```
 */
export function unwrap<A>(policy: ChunkErrorPolicy): OperatorFunction<Decoded<A>, A> {
  return pipe(
    filter((decoded) => isUnwrapped(decoded, policy)),
    map(({ right }) => right),
  );
}

/**
 * Whether an Either is a `Right`; applies the policy to a `Left`.
 *
 * @throws ChunkFailed when the policy is `'fail'`, and RequestError for a value that is not an Either, which JavaScript allows.
 */
export function isUnwrapped<A>(decoded: Decoded<A>, policy: ChunkErrorPolicy): decoded is Right<A> {
  if (isRight(decoded)) return true;
  if (!isLeft(decoded))
    throw new RequestError(
      'these are not the chunks of chatCompletion$: use one fold, without orFail or orSkip above it',
    );
  if (policy === 'fail') throw new ChunkFailed(decoded.left);
  if (policy !== 'skip') policy(decoded.left);
  return false;
}
