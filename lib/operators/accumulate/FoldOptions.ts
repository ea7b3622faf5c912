import type { ChoiceOptions } from '../../fold/choices';
import type { ChunkErrorPolicy } from '../either/unwrap';

/** Options for the folds. */
export interface FoldOptions extends ChoiceOptions {
  /** Policy for a chunk that cannot be decoded. Default `'fail'`, so text is never damaged without an error. */
  readonly onChunkError?: ChunkErrorPolicy;
}
