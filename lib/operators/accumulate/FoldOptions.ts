import type { ChoiceOptions } from '../../fold/choices';
import type { ChunkErrorPolicy } from '../either/unwrap';

/** What the folds can be told. */
export interface FoldOptions extends ChoiceOptions {
  /** What becomes of a chunk that could not be read. Default `'fail'`: nobody gets silently damaged text. */
  readonly onChunkError?: ChunkErrorPolicy;
}
