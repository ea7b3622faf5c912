import type { ChunkErrorPolicy } from './settle';

/** What the folds can be told. */
export interface FoldOptions {
  /** The choice to follow, by its `index`. Default 0: the only one unless `n` asked for more. */
  readonly choice?: number;
  /** What becomes of a chunk that could not be read. Default `'fail'`: nobody gets silently damaged text. */
  readonly onChunkError?: ChunkErrorPolicy;
}
