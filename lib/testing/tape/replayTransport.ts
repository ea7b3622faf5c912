import {
  asyncScheduler,
  concat,
  concatAll,
  concatMap,
  defer,
  EMPTY,
  from,
  NEVER,
  of,
  throwError,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';

import { attempt } from '../../codec/attempt';
import { chatErrorFrom } from '../../decode/chatErrorFrom';
import { RequestError } from '../../errors';
import { clockOf } from '../../rx/clockOf';
import { tapeOf, type Tape } from '../../tape/tape';
import { toBytes } from '../../tape/tapeRead';
import type { Bytes, ResponseHead } from '../../transport/transport';
import { isList } from '../script/isList';
import { recordRequests, type ScriptedTransport } from '../script/requests';

/** Options for {@link replayTransport}. */
export interface ReplayOptions {
  /** Playback speed, as a multiple of the recorded one; `Infinity` for no delays. Default 1. */
  readonly speed?: number;
  /** Schedules the reads. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Creates a transport that replays a recorded response: the same bytes in the same reads, at the recorded times.
 *
 * Delays are RxJS timers, so a minute takes no time inside `TestScheduler.run`. The request is not compared with the recorded
 * one; it is in `requests` for your own assertions.
 *
 * @param tapes - One tape for all requests, or a list with a tape for each. Requests beyond the list fail.
 * @param options - The speed, and what schedules the reads.
 * @returns A transport that ends as the recorded response did. A response that was aborted stays open.
 * @throws TypeError when a tape is not valid, and RangeError when `speed` is not above 0.
 *
 * @example In virtual time
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { last } from 'rxjs';
 * import { TestScheduler } from 'rxjs/testing';
 * import { accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
 * import { assertMarbles, replayTransport, tapeOf } from 'rxjs-chat-completions/testing';
 *
 * const transport = replayTransport(tapeOf(JSON.parse(readFileSync('answer.json', 'utf8'))));
 * new TestScheduler(assertMarbles).run(({ expectObservable }) => {
 *   const text$ = chatCompletion$({ transport }, { model: 'any', messages: [] }).pipe(accumulateContent(), last());
 *   expectObservable(text$).toBe('7412ms (a|)', { a: 'the complete answer' });
 * });
 * ```
 */
export function replayTransport(
  tapes: Tape | readonly Tape[],
  options: ReplayOptions = {},
): ScriptedTransport {
  const { speed = 1, scheduler = asyncScheduler } = options;
  if (!(speed > 0)) throw new RangeError('speed must be above 0');
  const checked = isList(tapes) ? tapes.map(tapeOf) : tapeOf(tapes);
  return recordRequests((_, index) => {
    if (!isList(checked)) return play(checked, speed, scheduler);
    const tape = checked[index];
    if (tape !== undefined) return play(tape, speed, scheduler);
    const message = `no tape for request ${index + 1}; the transport was created with ${checked.length}`;
    return throwError(() => new RequestError(message));
  });
}

function play(tape: Tape, speed: number, scheduler: SchedulerLike): Observable<ResponseHead | Bytes> {
  return defer(() => {
    const now = clockOf(scheduler);
    const start = now();
    let recordedMs = 0;
    /** Waits until the time since the start of playback, as delays after each other would add up their errors. */
    const atTime = <T>(ms: number, then$: Observable<T>): Observable<T> => {
      recordedMs += ms;
      const due = start + Math.round(recordedMs / speed);
      return defer(() => {
        const wait = due - now();
        return wait <= 0 ? then$ : timer(wait, scheduler).pipe(concatMap(() => then$));
      });
    };
    const { head, reads, end } = tape;
    return concat(
      head === null ? EMPTY : atTime(head.ms, of({ status: head.status, headers: head.headers })),
      from(reads.map((read) => atTime(read.ms, of(toBytes(read))))).pipe(concatAll()),
      end === null
        ? NEVER
        : atTime(end.ms, end.error === undefined ? EMPTY : throwError(() => toError(end.error))),
    );
  });
}

const toError = (json: Readonly<Record<string, unknown>> = {}): Error =>
  attempt(() => chatErrorFrom(json)) ?? new Error(String(json.message));
