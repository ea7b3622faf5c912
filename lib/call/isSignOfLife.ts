import { isRight } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import { hasContent } from '../fold/hasContent';

/** Whether an event is a sign of life. A chunk that could not be read is an event, and nobody knows what it held. */
export const isSignOfLife = (
  decoded: Decoded<ChatCompletionChunk>,
  what: 'events' | 'content' = 'events',
): boolean => what === 'events' || (isRight(decoded) && hasContent(decoded.right));
