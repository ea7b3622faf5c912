import { map, pipe, reduce, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import { addChunk, emptyCompletion } from '../fold/completion';
import { unwrap, type ChunkErrorPolicy } from '../operators/either/unwrap';

/** Folds the chunks of an answer to the response of a request that is not streamed. */
export const toCompletion = (
  onChunkError: ChunkErrorPolicy = 'fail',
): OperatorFunction<Decoded<ChatCompletionChunk>, Response> =>
  pipe(
    unwrap(onChunkError),
    reduce(addChunk, emptyCompletion),
    map(
      (completion) =>
        new Response(JSON.stringify(completion, withoutOwnFields), {
          headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
        }),
    ),
  );

/** Leaves out the field by which a stored completion can be continued. */
const withoutOwnFields = (name: string, value: unknown): unknown =>
  name === 'toolCallIndexes' ? undefined : value;
