import {
  asyncScheduler,
  catchError,
  defer,
  EMPTY,
  NEVER,
  Subject,
  switchMap,
  takeUntil,
  timer,
  type OperatorFunction,
  type SchedulerLike,
} from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import { isChatError } from '../errors';
import { concatItems } from '../rx/concatItems';
import { isFiniteDelay } from '../rx/isFiniteDelay';
import { Ending } from './Ending';
import type { Payload } from './payload';

/** Options for {@link untilDone}. */
export interface EndOptions {
  /** Milliseconds that an answer with all its finish reasons stays open for more payloads. */
  readonly grace: number;
  /** Milliseconds that it stays open instead while its usage is missing. Default `grace`. */
  readonly usage?: number;
  /** Times the waits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** Milliseconds that the usage of a failed answer may take: OpenRouter sends it after the error. */
const FAILURE_MS = 100;

/**
 * Completes at the end of the answer, and errors if it failed or the source ends before that; {@link Ending} has the rule.
 *
 * A finish reason never completes the stream by itself, because usage follows it. If the connection then stays open, the
 * answer completes after a grace time; if it breaks or falls idle, the answer is complete all the same.
 */
export function untilDone({
  grace,
  usage = grace,
  scheduler = asyncScheduler,
}: EndOptions): OperatorFunction<Payload, Decoded<ChatCompletionChunk>> {
  const waits = {
    answer: Infinity,
    usage: Math.max(usage, grace),
    'usage of a failure': FAILURE_MS,
    none: grace,
  };
  return (payload$) =>
    defer(() => {
      const ending = new Ending();
      const wait$ = new Subject<number>();
      let isWaiting = false;

      const next = (payload: Payload): ReturnType<Ending['add']> => {
        const items = ending.add(payload);
        const { missing } = ending;
        if (isWaiting || missing !== 'answer') {
          isWaiting = missing !== 'answer';
          wait$.next(waits[missing]);
        }
        return items;
      };

      const isOver$ = wait$.pipe(switchMap((ms) => (isFiniteDelay(ms) ? timer(ms, scheduler) : NEVER)));
      return payload$.pipe(
        catchError((error: unknown) => {
          if (ending.missing !== 'answer' && isInterruption(error)) return EMPTY;
          throw error;
        }),
        // eslint-disable-next-line rxjs-x/no-unsafe-takeuntil -- the completion has to reach concatItems
        takeUntil(isOver$),
        concatItems<Payload, Decoded<ChatCompletionChunk>>(next, () => ending.end(false)),
      );
    });
}

/** Whether an error only means that nothing more arrives. */
const isInterruption = (error: unknown): boolean =>
  isChatError(error) &&
  (error._tag === 'TruncatedError' ||
    (error._tag === 'ConnectionError' && error.phase === 'body') ||
    (error._tag === 'ChatTimeoutError' && error.phase === 'idle'));
