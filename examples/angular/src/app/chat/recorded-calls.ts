import { inject, Injectable } from '@angular/core';
import type { Observable } from 'rxjs';
import {
  chatCompletion$,
  retryChat,
  type ChatCompletionChunk,
  type ChatRequest,
  type Decoded,
} from 'rxjs-chat-completions';
import { inspect, sharedLog } from 'rxjs-chat-completions/inspector';

import { Settings } from '../settings/settings';
import { sliceReads } from './sliceReads';

/** Calls of the chosen model, retried, and recorded for the inspector. */
@Injectable({ providedIn: 'root' })
export class RecordedCalls {
  readonly #settings = inject(Settings);

  /** Streams an answer. The model of the request is replaced by the chosen one. */
  chatCompletion$(request: ChatRequest): Observable<Decoded<ChatCompletionChunk>> {
    const config = inspect(sliceReads(this.#settings.config()));
    return chatCompletion$(config, { ...request, model: this.#settings.model() }).pipe(
      retryChat({ count: 5, onRetry: sharedLog().onRetry }),
    );
  }
}
