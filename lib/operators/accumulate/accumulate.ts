import { defer, filter, pipe, scan, type MonoTypeOperatorFunction, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import { isUnwrapped, type ChunkErrorPolicy } from '../either/unwrap';

/** A fold: settles each Either, and emits the whole so far when its chunk has changed it. */
export function accumulate<S>(
  add: (whole: S, chunk: ChatCompletionChunk) => S,
  empty: S,
  policy: ChunkErrorPolicy,
): OperatorFunction<Decoded<ChatCompletionChunk>, S> {
  return pipe(scanSettled(add, empty, policy), whenChanged(empty));
}

/** `scan` over the chunks that could be read; what becomes of the others, the policy says. */
export function scanSettled<S>(
  add: (whole: S, chunk: ChatCompletionChunk) => S,
  empty: S,
  policy: ChunkErrorPolicy,
): OperatorFunction<Decoded<ChatCompletionChunk>, S> {
  return scan(
    (whole: S, decoded: Decoded<ChatCompletionChunk>) =>
      isUnwrapped(decoded, policy) ? add(whole, decoded.right) : whole,
    empty,
  );
}

/**
 * Leaves out a value that is the one before it; before the first there is `initial`.
 *
 * What `startWith(initial), distinctUntilChanged(), skip(1)` does, in one step.
 */
export function whenChanged<T>(initial: T): MonoTypeOperatorFunction<T> {
  return (value$) =>
    defer(() => {
      let before = initial;
      return value$.pipe(
        filter((value) => {
          const isNew = value !== before;
          before = value;
          return isNew;
        }),
      );
    });
}
