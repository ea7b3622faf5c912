import {
  defaultIfEmpty,
  defer,
  filter,
  pipe,
  scan,
  type MonoTypeOperatorFunction,
  type OperatorFunction,
} from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import { isUnwrapped, type ChunkErrorPolicy } from '../either/unwrap';

/** Unwraps and folds decoded chunks; emits the accumulated value whenever a chunk changes it, or once at completion. */
export function accumulate<S>(
  add: (state: S, chunk: ChatCompletionChunk) => S,
  empty: S,
  policy: ChunkErrorPolicy,
): OperatorFunction<Decoded<ChatCompletionChunk>, S> {
  return pipe(scanUnwrapped(add, empty, policy), whenChanged(empty), defaultIfEmpty(empty));
}

/** Applies `scan` to the chunks that were decoded, and the policy to the others. */
function scanUnwrapped<S>(
  add: (state: S, chunk: ChatCompletionChunk) => S,
  empty: S,
  policy: ChunkErrorPolicy,
): OperatorFunction<Decoded<ChatCompletionChunk>, S> {
  return scan(
    (state: S, decoded: Decoded<ChatCompletionChunk>) =>
      isUnwrapped(decoded, policy) ? add(state, decoded.right) : state,
    empty,
  );
}

/**
 * Filters out a value that is identical to the previous one; `initial` precedes the first.
 *
 * The same as `startWith(initial), distinctUntilChanged(), skip(1)`, in one step.
 *
 * ```text
 * source:         -i-a-a-b|   i = the initial value
 * whenChanged(i): ---a---b|
 * ```
 */
export function whenChanged<T>(initial: T): MonoTypeOperatorFunction<T> {
  return (value$) =>
    defer(() => {
      let previous = initial;
      return value$.pipe(
        filter((value) => {
          const isNew = value !== previous;
          previous = value;
          return isNew;
        }),
      );
    });
}
