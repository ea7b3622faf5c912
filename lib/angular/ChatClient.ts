import type { Observable } from 'rxjs';

import { chatCompletion$ } from '../call/chatCompletion';
import { completion$ } from '../call/completion';
import type { ChatConfig } from '../call/config';
import { embeddings$ } from '../call/embeddings';
import { models$ } from '../call/models';
import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Embeddings } from '../codec/Embeddings';
import type { Model } from '../codec/Model';
import type { Decoded } from '../decode/decode';
import type { RetryOptions } from '../operators/resilience/retryChat';
import type { ChatRequest } from '../request/ChatRequest';
import type { EmbeddingsRequest } from '../request/EmbeddingsRequest';
import { withRetries } from './withRetries';

/**
 * The calls of this library, bound to the app's config.
 *
 * Each is cold: subscribing sends a request, and unsubscribing aborts it.
 */
export interface ChatClient {
  /** Streams a chat completion as decoded chunks. */
  readonly chatCompletion$: (request: ChatRequest) => Observable<Decoded<ChatCompletionChunk>>;
  /** Returns a chat completion that is not streamed. */
  readonly completion$: (request: ChatRequest) => Observable<ChatCompletion>;
  /** Returns the models that the server offers. */
  readonly models$: () => Observable<readonly Model[]>;
  /** Returns the embeddings of texts. */
  readonly embeddings$: (request: EmbeddingsRequest) => Observable<Embeddings>;
}

/** Returns the calls for a config and its retries. */
export const clientOf = (config: ChatConfig, retry: RetryOptions | null): ChatClient => ({
  chatCompletion$: (request) => withRetries(chatCompletion$(config, request), retry),
  completion$: (request) => withRetries(completion$(config, request), retry),
  models$: () => withRetries(models$(config), retry),
  embeddings$: (request) => withRetries(embeddings$(config, request), retry),
});
