import { Injectable, signal } from '@angular/core';
import { isRight } from 'fp-ts/Either';
import { finalize, Subject, tap, type MonoTypeOperatorFunction } from 'rxjs';
import {
  fetchTransport,
  type Bytes,
  type ChatCompletionChunk,
  type ChatConfig,
  type Decoded,
  type PlannedRetry,
  type Transport,
} from 'rxjs-chat-completions';
import { toServerSentEvents } from 'rxjs-chat-completions/sse';

import { kindOf, type ChunkKind } from './kind';

export type MarbleKind = ChunkKind | 'request' | 'head' | 'left' | 'retry' | 'error' | 'stop' | 'complete';

/** One event of the Observable, or of the call behind it. */
export interface Marble {
  readonly index: number;
  readonly kind: MarbleKind;
  /** Milliseconds since the question was sent. */
  readonly at: number;
  readonly title: string;
  /** The frame that the server sent. */
  readonly raw: string;
  /** The decoded value or the error. */
  readonly decoded: unknown;
}

/** Maximum number of marbles of one answer. */
const MAX_MARBLES = 20_000;

/**
 * Records every event of an answer with its raw frame.
 *
 * It parses the same bytes a second time, so the app's own pipeline stays as the library documents it.
 */
@Injectable({ providedIn: 'root' })
export class Recorder {
  readonly marbles: Marble[] = [];
  /** Number of marbles of each kind. */
  readonly counts = new Map<MarbleKind, number>();
  /** Changes when an event is recorded, at most once a frame. */
  readonly updates = signal(0);
  /** Changes with every question. */
  readonly restarts = signal(0);
  #startedAt = 0;
  #frames: string[] = [];
  #pending = false;

  /** Clears the record. Answers after tool calls belong to the same question, and do not clear it. */
  restart(): void {
    this.marbles.length = 0;
    this.counts.clear();
    this.restarts.update((count) => count + 1);
    this.updates.update((count) => count + 1);
    this.#startedAt = performance.now();
  }

  /** Adds recording to a config. */
  record(config: ChatConfig): ChatConfig {
    const send = config.transport ?? fetchTransport({ fetch: config.fetch });
    const transport: Transport = (request) => {
      const bytes$ = new Subject<Bytes>();
      this.#frames = [];
      this.#add('request', `${request.method} ${request.url}`, request.body ?? '', parseJson(request.body));
      bytes$.pipe(toServerSentEvents()).subscribe({
        next: ({ event, data }) =>
          this.#frames.push(`${event === 'message' ? '' : `event: ${event}\n`}data: ${data}`),
        error: () => undefined,
      });
      return send(request).pipe(
        tap((part) => {
          if ('status' in part) this.#add('head', `HTTP ${part.status}`, '', part);
          else bytes$.next(part);
        }),
        finalize(() => bytes$.complete()),
      );
    };
    return { ...config, transport };
  }

  /** Records chunks. Its place is between the retries and the fold. */
  readonly chunks: MonoTypeOperatorFunction<Decoded<ChatCompletionChunk>> = tap({
    next: (decoded) => this.#decoded(decoded),
    error: (error: Error) => this.#add('error', error.name, '', error),
    complete: () => this.#add('complete', '', this.#frames.shift() ?? '', undefined),
    unsubscribe: () => this.#add('stop', 'the request is aborted', '', undefined),
  });

  readonly retrying = (planned: PlannedRetry): void => {
    this.#add(
      'retry',
      `${planned.retry} of ${planned.count}, in ${(planned.delayMs / 1_000).toFixed(1)} s`,
      '',
      planned.error,
    );
  };

  #decoded(decoded: Decoded<ChatCompletionChunk>): void {
    const raw = this.#frames.shift() ?? '';
    if (isRight(decoded)) {
      const [kind, title] = kindOf(decoded.right);
      this.#add(kind, title, raw, decoded.right);
    } else {
      this.#add('left', decoded.left._tag, raw, decoded.left);
    }
  }

  #add(kind: MarbleKind, title: string, raw: string, decoded: unknown): void {
    const index = this.marbles.length;
    if (index >= MAX_MARBLES) return;
    this.marbles.push({ index, kind, at: performance.now() - this.#startedAt, title, raw, decoded });
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    if (this.#pending) return;
    this.#pending = true;
    requestAnimationFrame(() => {
      this.#pending = false;
      this.updates.update((count) => count + 1);
    });
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return text;
  }
}
