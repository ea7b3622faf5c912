import { right } from 'fp-ts/Either';
import { defer, finalize, map, of, Subject, type Observable } from 'rxjs';
import type { ChatCompletionChunk, Decoded } from 'rxjs-chat-completions';
import { contentOf } from 'rxjs-chat-completions/fold';
import {
  relay,
  resumeFrom,
  type RelayHandler,
  type RelayOptions,
  type ResumeOptions,
  type StreamLog,
} from 'rxjs-chat-completions/relay';
import { toServerSentEvents } from 'rxjs-chat-completions/sse';
import { finishChunk, textChunk } from 'rxjs-chat-completions/testing';

import { post } from '../relayOf';
import { bytesOf } from '../../helpers/reads';

/** A call to the model, whose answer a spec writes. */
export class Call {
  readonly #chunks = new Subject<ChatCompletionChunk>();
  isRunning = true;

  get chunk$(): Observable<Decoded<ChatCompletionChunk>> {
    return this.#chunks.pipe(
      map((chunk) => right(chunk)),
      finalize(() => (this.isRunning = false)),
    );
  }

  write(...texts: readonly string[]): void {
    for (const text of texts) this.#chunks.next(textChunk(text));
  }

  finish(): void {
    this.#chunks.next(finishChunk('stop'));
    this.#chunks.complete();
  }

  fail(error: Error): void {
    this.#chunks.error(error);
  }
}

const started = new Set<Call>();

/** Ends the answers that still run, so that no timer of them outlives a spec. */
export function endAnswers(): void {
  for (const call of started) call.finish();
  started.clear();
}

/** A relay with a log, whose answers a spec writes. */
export function resumableRelay(
  log: StreamLog,
  options: ResumeOptions & Partial<Pick<RelayOptions, 'authorize' | 'onError'>> = {},
): {
  readonly handler: RelayHandler;
  readonly calls: readonly Call[];
  readonly logErrors: readonly unknown[];
  /** The numbers of answers that were written. */
  readonly writing: readonly number[];
} {
  const calls: Call[] = [];
  const logErrors: unknown[] = [];
  const writing: number[] = [];
  const resume = resumeFrom(log, {
    batchMs: 5,
    onLogError: (error) => logErrors.push(error),
    ...options,
  });
  resume.writing$.subscribe((count) => writing.push(count));
  const handler = relay({
    answer: () =>
      defer(() => {
        const call = new Call();
        calls.push(call);
        started.add(call);
        return call.chunk$;
      }),
    authorize: (http) => http.headers.get('user') ?? 'anna',
    allow: { models: ['small'] },
    resume,
    ...options,
  });
  return { handler, calls, logErrors, writing };
}

const withHeaders = (http: Request, headers: Readonly<Record<string, string>>): Request => {
  for (const [name, value] of Object.entries(headers)) http.headers.set(name, value);
  return http;
};

/** A POST with a key. */
export const postWith = (
  key: string,
  init?: RequestInit,
  headers: Readonly<Record<string, string>> = {},
): Request => withHeaders(post(undefined, init), { 'idempotency-key': key, ...headers });

/** A GET of the rest of an answer. */
export const getFrom = (
  key: string,
  after?: number | string,
  headers: Readonly<Record<string, string>> = {},
): Request =>
  new Request(`http://relay/api/chat/completions/${encodeURIComponent(key)}`, {
    headers: { ...(after !== undefined && { 'last-event-id': String(after) }), ...headers },
  });

export const deleteOf = (key: string, headers: Readonly<Record<string, string>> = {}): Request =>
  new Request(`http://relay/api/chat/completions/${encodeURIComponent(key)}`, { method: 'DELETE', headers });

/** The text, the numbers and the last data in the events of a body. */
export function eventsIn(body: string): { text: string; ids: string; last: string } {
  const events: Array<{ id: string; data: string }> = [];
  of(bytesOf(body))
    .pipe(toServerSentEvents())
    .subscribe((event) => events.push(event));
  const text = events.map(({ data }) => (data.startsWith('{') ? contentOf(JSON.parse(data) as object) : ''));
  return {
    text: text.join(''),
    ids: [...new Set(events.map(({ id }) => id))].join(' '),
    last: events.at(-1)?.data ?? '',
  };
}

/** Reads a body as it arrives. */
export class BodyReader {
  body = '';
  isOver = false;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(response: Response) {
    this.#reader = response.body!.getReader();
    void this.#read();
  }

  get events(): ReturnType<typeof eventsIn> {
    return eventsIn(this.body);
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await this.#reader.read().catch(() => ({ done: true, value: undefined }));
      if (done || value === undefined) break;
      this.body += decoder.decode(value, { stream: true });
    }
    this.isOver = true;
  }

  leave(): Promise<void> {
    return this.#reader.cancel();
  }
}
