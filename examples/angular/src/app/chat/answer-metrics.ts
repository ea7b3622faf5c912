import { Injectable, signal, untracked } from '@angular/core';
import { defer, type MonoTypeOperatorFunction } from 'rxjs';
import type { ChatCompletionChunk, Decoded } from 'rxjs-chat-completions';

import { tapLiveMetrics, type LiveMetrics } from './live-metrics';

/** The live metrics of the answers of a conversation. */
@Injectable({ providedIn: 'root' })
export class AnswerMetrics {
  readonly #byId = signal<ReadonlyMap<number, LiveMetrics>>(new Map());

  /** The metrics of an answer; `null` if none were collected. */
  of(id: number): LiveMetrics | null {
    return this.#byId().get(id) ?? null;
  }

  clear(): void {
    this.#byId.set(new Map());
  }

  /** Collects the metrics of an answer. Its id is read when the call starts. */
  tap(idOf: () => number): MonoTypeOperatorFunction<Decoded<ChatCompletionChunk>> {
    return (decoded$) =>
      defer(() => {
        const id = untracked(idOf);
        return decoded$.pipe(
          tapLiveMetrics((metrics) => this.#byId.update((all) => new Map(all).set(id, metrics))),
        );
      });
  }
}
