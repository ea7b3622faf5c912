import { isLeft } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';

/** Whether a chunk has more than usage. Clients that did not request usage expect a choice in each chunk. */
export const isNotUsageOnly = (decoded: Decoded<ChatCompletionChunk>): boolean =>
  isLeft(decoded) || !decoded.right.usage || Boolean(decoded.right.choices?.length);
