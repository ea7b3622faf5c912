import { inject, Injectable } from '@angular/core';
import type { Observable } from 'rxjs';
import {
  chatCompletion$,
  retryChat,
  type ChatCompletionChunk,
  type ChatConfig,
  type ChatRequest,
  type Decoded,
  type RetryOptions,
} from 'rxjs-chat-completions';
import { inspect, sharedLog } from 'rxjs-chat-completions/inspector';

import { Settings } from '../settings/settings';
import { sliceReads } from './slice-reads';

/** Calls of the chosen model, retried, and recorded for the inspector. */
@Injectable({ providedIn: 'root' })
export class RecordedCalls {
  readonly #settings = inject(Settings);

  readonly retry: RetryOptions = { count: 5, onRetry: sharedLog().onRetry };

  /** Returns the config of the chosen server. */
  readonly config = (): ChatConfig => inspect(sliceReads(this.#settings.config()));

  /** Streams an answer. The model of the request is replaced by the chosen one. */
  chatCompletion$(request: ChatRequest): Observable<Decoded<ChatCompletionChunk>> {
    return chatCompletion$(this.config(), { ...request, model: this.#settings.model() }).pipe(
      retryChat(this.retry),
    );
  }
}
