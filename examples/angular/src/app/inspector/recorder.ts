import { Injectable, signal } from '@angular/core';
import { isRight } from 'fp-ts/Either';
import { finalize, Subject, tap, type MonoTypeOperatorFunction } from 'rxjs';
import {
  fetchTransport,
  toServerSentEvents,
  type Bytes,
  type ChatCompletionChunk,
  type ChatConfig,
  type Decoded,
  type PlannedRetry,
  type Transport,
} from 'rxjs-chat-completions';

import { kindOf, type ChunkKind } from './kind';

export type MarbleKind = ChunkKind | 'request' | 'head' | 'left' | 'retry' | 'error' | 'stop' | 'complete';

/** One event of the Observable, or of the call behind it. */
export interface Marble {
  readonly index: number;
  readonly kind: MarbleKind;
  /** Milliseconds since it was asked. */
  readonly at: number;
  readonly title: string;
  /** The frame as the server sent it. */
  readonly raw: string;
  /** What became of it: the value, or the error. */
  readonly decoded: unknown;
}

/** How much is kept of one answer. */
const KEPT = 20_000;

/**
 * Looks on while an answer comes, and notes every event with its raw frame.
 *
 * The frames are read a second time, from the same bytes, so the pipe of the app is the one the library documents.
 */
@Injectable({ providedIn: 'root' })
export class Recorder {
  readonly marbles: Marble[] = [];
  /** How many there are of each kind. */
  readonly counts = new Map<MarbleKind, number>();
  /** Changes when something was noted; at most once a frame. */
  readonly noted = signal(0);
  /** Changes with every question. */
  readonly begun = signal(0);
  #beganAt = 0;
  #frames: string[] = [];
  #pending = false;

  /** Forgets what it noted. Not at every answer: those to tool calls go on with the question. */
  restart(): void {
    this.marbles.length = 0;
    this.counts.clear();
    this.begun.update((count) => count + 1);
    this.noted.update((count) => count + 1);
    this.#beganAt = performance.now();
  }

  /** The config, with ears. */
  listening(config: ChatConfig): ChatConfig {
    const send = config.transport ?? fetchTransport({ fetch: config.fetch });
    const transport: Transport = (request) => {
      const bytes$ = new Subject<Bytes>();
      this.#frames = [];
      this.#note('request', `${request.method} ${request.url}`, request.body ?? '', asJson(request.body));
      bytes$.pipe(toServerSentEvents()).subscribe({
        next: ({ event, data }) =>
          this.#frames.push(`${event === 'message' ? '' : `event: ${event}\n`}data: ${data}`),
        error: () => undefined,
      });
      return send(request).pipe(
        tap((part) => {
          if ('status' in part) this.#note('head', `HTTP ${part.status}`, '', part);
          else bytes$.next(part);
        }),
        finalize(() => bytes$.complete()),
      );
    };
    return { ...config, transport };
  }

  /** Between the retries and the fold. */
  readonly chunks: MonoTypeOperatorFunction<Decoded<ChatCompletionChunk>> = tap({
    next: (decoded) => this.#decoded(decoded),
    error: (error: Error) => this.#note('error', error.name, '', error),
    complete: () => this.#note('complete', '', this.#frames.shift() ?? '', undefined),
    unsubscribe: () => this.#note('stop', 'the request is aborted', '', undefined),
  });

  readonly retrying = (planned: PlannedRetry): void => {
    this.#note(
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
      this.#note(kind, title, raw, decoded.right);
    } else {
      this.#note('left', decoded.left._tag, raw, decoded.left);
    }
  }

  #note(kind: MarbleKind, title: string, raw: string, decoded: unknown): void {
    const index = this.marbles.length;
    if (index >= KEPT) return;
    this.marbles.push({ index, kind, at: performance.now() - this.#beganAt, title, raw, decoded });
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    if (this.#pending) return;
    this.#pending = true;
    requestAnimationFrame(() => {
      this.#pending = false;
      this.noted.update((count) => count + 1);
    });
  }
}

function asJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return text;
  }
}
