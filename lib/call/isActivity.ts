import { isRight } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import { hasOutput } from '../fold/hasOutput';

/** Whether an event is a sign of life. A chunk that could not be read is an event, and nobody knows what it held. */
export const isActivity = (
  decoded: Decoded<ChatCompletionChunk>,
  what: 'events' | 'content' = 'events',
): boolean => what === 'events' || (isRight(decoded) && hasOutput(decoded.right));
