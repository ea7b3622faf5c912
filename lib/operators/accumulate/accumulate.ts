import { defaultIfEmpty, pipe, scan, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import type { ChunkStep } from '../../fold/choices';
import { whenChanged } from '../../rx/whenChanged';
import { isUnwrapped } from '../either/unwrap';
import type { FoldOptions } from './FoldOptions';

/** Unwraps and folds decoded chunks; emits the accumulated value whenever a chunk changes it, or once at completion. */
export const accumulate = <S>(
  add: ChunkStep<S>,
  empty: S,
  { choice, onChunkError = 'fail' }: FoldOptions = {},
): OperatorFunction<Decoded<ChatCompletionChunk>, S> =>
  pipe(
    scan(
      (state: S, decoded: Decoded<ChatCompletionChunk>) =>
        isUnwrapped(decoded, onChunkError) ? add(state, decoded.right, { choice }) : state,
      empty,
    ),
    whenChanged(empty),
    defaultIfEmpty(empty),
  );
