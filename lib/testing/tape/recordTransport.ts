import { asyncScheduler, defer, tap, type SchedulerLike } from 'rxjs';

import { parseJson } from '../../codec/parseJson';
import { callIsolated } from '../../rx/callIsolated';
import { clockOf } from '../../rx/clockOf';
import type { Tape } from '../../tape/tape';
import { timedPart, type TimedPart } from '../../tape/TimedPart';
import { toTape, type TapeEnding } from '../../tape/toTape';
import type { Transport } from '../../transport/transport';

/** Options for {@link recordTransport}. */
export interface RecordOptions {
  /** Whether to record the request's JSON, prompts included. Default false. */
  readonly keepBody?: boolean;
  /** The clock. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Creates a transport that passes a response through and records it on a tape: its head, its reads and their times.
 *
 * A tape has no secrets: no request headers, no query, and no prompt unless you opt in. If the server repeats a key or the
 * value of another request header, it is replaced by asterisks.
 *
 * @param live - The transport that sends the requests.
 * @param sink - Receives the tape of each request when its connection ends or is aborted. `chatCompletion$` completes at
 * `[DONE]`, which may be a moment earlier. An error that it throws is reported as unhandled.
 * @param options - Whether the tape has the prompts, and the clock.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { chatCompletion$, fetchTransport } from 'rxjs-chat-completions';
 * import { recordTransport, tapeText } from 'rxjs-chat-completions/testing';
 *
 * const transport = recordTransport(fetchTransport(), (tape) => writeFileSync('answer.json', tapeText(tape)));
 * chatCompletion$({ transport }, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).subscribe();
 * ```
 */
export function recordTransport(
  live: Transport,
  sink: (tape: Tape) => void,
  options: RecordOptions = {},
): Transport {
  const { keepBody = false, scheduler = asyncScheduler } = options;
  const send: Transport = (request) =>
    defer(() => {
      const now = clockOf(scheduler);
      const start = now();
      const elapsed = (): number => Math.round(now() - start);
      const parts: TimedPart[] = [];
      const finish = (end: TapeEnding): void => {
        const body = keepBody ? { body: parseJson(request.body ?? '') ?? null } : {};
        callIsolated(() => sink(toTape(request, parts, end, body)));
      };
      return defer(() => live(request)).pipe(
        tap({
          next: (part) => parts.push(timedPart(elapsed(), part)),
          error: (error: unknown) => finish({ at: elapsed(), error }),
          complete: () => finish({ at: elapsed() }),
          unsubscribe: () => finish(null),
        }),
      );
    });
  return Object.assign(send, { addressOf: live.addressOf });
}
