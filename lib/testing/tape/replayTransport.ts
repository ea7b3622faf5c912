import {
  asyncScheduler,
  concat,
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

import type { Bytes, ResponseHead } from '../../transport/transport';
import { chatErrorFrom } from '../../decode/chatErrorFrom';
import { RequestError } from '../../errors';
import { keepingRequests, type ScriptedTransport } from '../script/requests';
import { bytesOfRead, tapeOf, type Tape } from './tape';

/** What {@link replayTransport} may be told. */
export interface ReplayOptions {
  /** How many times as fast as it was recorded; `Infinity` for all at once. Default 1. */
  readonly speed?: number;
  /** Times the reads. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Plays a recorded answer: the same bytes in the same reads, at the times they came.
 *
 * By RxJS timers, so that inside `TestScheduler.run` a minute takes no time. Of the request nothing is compared: it is kept,
 * for the spec to look at.
 *
 * @param tapes - One tape for every request; or a list by turn, after which requests fail.
 * @returns A transport that ends as the recorded one did. One that was let go of stays open.
 * @throws TypeError when a tape is none, and RangeError when `speed` is not above 0.
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
 *   expectObservable(text$).toBe('7412ms (a|)', { a: 'the whole answer' });
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
  return keepingRequests((_, index) => {
    if (!isList(checked)) return played(checked, speed, scheduler);
    const tape = checked[index];
    const words = `${checked.length} tapes are given, and this is request ${index + 1}`;
    return tape === undefined ? throwError(() => new RequestError(words)) : played(tape, speed, scheduler);
  });
}

/** `Array.isArray` does not know readonly arrays. */
const isList = (tapes: Tape | readonly Tape[]): tapes is readonly Tape[] => Array.isArray(tapes);

function played(tape: Tape, speed: number, scheduler: SchedulerLike): Observable<ResponseHead | Bytes> {
  return defer(() => {
    const begun = scheduler.now();
    let recorded = 0;
    /** Waits for its own time and not after the one before: small delays would add up. */
    const inTime = <T>(ms: number, then$: Observable<T>): Observable<T> => {
      recorded += ms;
      const due = Math.round(recorded / speed);
      return defer(() => {
        const wait = begun + due - scheduler.now();
        return wait <= 0 ? then$ : timer(wait, scheduler).pipe(concatMap(() => then$));
      });
    };
    const { head, reads, end } = tape;
    return concat(
      head === null ? EMPTY : inTime(head.ms, of({ status: head.status, headers: head.headers })),
      from(reads.map((read) => inTime(read.ms, of(bytesOfRead(read))))).pipe(concatMap((read$) => read$)),
      end === null
        ? NEVER
        : inTime(end.ms, end.error === undefined ? EMPTY : throwError(() => errorFrom(end.error))),
    );
  });
}

const errorFrom = (json: Readonly<Record<string, unknown>> = {}): Error => {
  try {
    return chatErrorFrom(json);
  } catch {
    return new Error(String(json.message));
  }
};
