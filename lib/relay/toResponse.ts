import { filter, interval, Subscription, takeUntil, type Observable, type SchedulerLike } from 'rxjs';

import { isFiniteDelay, MAX_DELAY } from '../rx/isFiniteDelay';
import type { ReadGate } from '../transport/ReadGate';
import { BodyBuffer } from './BodyBuffer';
import { checkRange } from './checkRange';
import { coalesced } from './coalesced';
import { failureEvent, failureResponse } from './failure';
import { goneResponse, hasLeft, onLeave } from './leaving';
import { textResponse } from './textResponse';

/** Options for {@link toResponse}. */
export interface ResponseOptions {
  /** The gate of the source's config. It pauses the source while the reader does not read. */
  readonly gate?: ReadGate;
  /** Headers beside those of an event stream. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Milliseconds without events after which a comment is sent, unless the reader does not read. At most twice that time passes without
   * a write. Default 15,000; `Infinity` for none.
   */
  readonly heartbeat?: number;
  /** Milliseconds for which events are collected to one write. Default 0. */
  readonly coalesce?: number;
  /** Whether readers see the messages of errors. Default false. */
  readonly exposeErrors?: boolean;
  /** Times the heartbeat and `coalesce`. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Converts the text of events to a response that streams it.
 *
 * Subscribes at once. The response has the status of the failure if the source errors before its first event, and 204 if it
 * completes before one. Otherwise it is an event stream, sent at the first event, or at the first heartbeat. When the reader leaves,
 * the source is unsubscribed from in the same tick.
 *
 * @param event$ - Text of events, as `toEvents` emits it.
 * @param http - The request; its signal aborts when the reader leaves before the head.
 * @param options - The gate, headers, the heartbeat and the size of writes.
 * @returns A promise that is never rejected.
 * @throws RangeError for a time that is not in its range, and TypeError for a header that HTTP does not allow.
 *
 * @example An endpoint without the rules of a relay
 * ```ts
 * import { chatCompletion$, ReadGate } from 'rxjs-chat-completions';
 * import { toEvents, toResponse } from 'rxjs-chat-completions/relay';
 *
 * export const POST = (http: Request): Promise<Response> => {
 *   const gate = new ReadGate();
 *   const request = { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] } as const;
 *   return toResponse(chatCompletion$({ gate }, request).pipe(toEvents()), http, { gate });
 * };
 * ```
 */
export function toResponse(
  event$: Observable<string>,
  http: Request,
  options: ResponseOptions = {},
): Promise<Response> {
  checkTimes(options);
  const { gate, heartbeat = 15_000, coalesce = 0, exposeErrors = false, scheduler } = options;
  // Throws here for a wrong one: while the source emits, nothing could catch it.
  const headers = new Headers({ ...EVENT_STREAM, ...options.headers });
  if (hasLeft(http)) return Promise.resolve(goneResponse());
  return new Promise((resolve) => {
    const buffer = new BodyBuffer(gate);
    /** Until there is a response, which an open stream need not keep. */
    let respond: ((response: Response) => void) | undefined = resolve;
    const respondOnce = (create: () => Response): void => {
      const respondWith = respond;
      respond = undefined;
      respondWith?.(create());
    };
    const send = (text: string): void => {
      buffer.add(text);
      respondOnce(() => textResponse(buffer, headers));
    };
    const fail = (error: unknown): void => {
      if (respond !== undefined) return respondOnce(() => failureResponse(error, exposeErrors));
      buffer.add(failureEvent(error, exposeErrors));
      buffer.complete();
    };
    const run = new Subscription();
    const leave = (): void => {
      run.unsubscribe();
      buffer.complete();
    };
    run.add(() => respondOnce(goneResponse));
    run.add(onLeave(http).subscribe({ next: leave, error: leave }));
    if (isFiniteDelay(heartbeat)) {
      const idle$ = interval(heartbeat, scheduler).pipe(filter(() => buffer.takeIsIdle()));
      run.add(idle$.subscribe({ next: () => send(COMMENT), error: fail }));
    }
    const reading = event$.pipe(coalesced(coalesce, scheduler), takeUntil(buffer.cancelled$)).subscribe({
      next: send,
      error: fail,
      complete: () => {
        buffer.complete();
        // Nothing was sent before.
        if (!hasLeft(http)) respondOnce(() => new Response(null, { status: 204 }));
      },
    });
    run.add(reading);
    reading.add(run); // The signal of the reader is not needed any more.
  });
}

/** Checks the times of options. */
export function checkTimes({ heartbeat, coalesce }: ResponseOptions): void {
  checkRange({ heartbeat }, 1);
  checkRange({ coalesce }, 0, MAX_DELAY);
}

/** A comment, which readers of events skip. */
const COMMENT = ': keep-alive\n\n';

/** Headers of an event stream that no proxy buffers, caches or compresses. */
const EVENT_STREAM = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};
