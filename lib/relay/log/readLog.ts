import {
  defer,
  endWith,
  map,
  startWith,
  switchMap,
  takeWhile,
  tap,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';

import type { ReadGate } from '../../transport/ReadGate';
import type { LogEvent } from './StreamLog';

/**
 * Emits the events of a log while a gate is open, and continues after the last one when it opens again.
 *
 * A slow reader keeps no more than its place in the log, and delays neither the writer nor other readers. One whose gate stays closed
 * for 10 minutes gets no more: it may join again.
 *
 * ```text
 * log:     abcd------e|
 * gate:    -x--o--------   x = closed, o = open
 * readLog: a---(bcd)-e|
 * ```
 *
 * @param read$ - Returns the events after a number.
 * @param after - The number of the last event that the reader has.
 */
export const readLog = (
  read$: (after: number) => Observable<LogEvent>,
  gate: ReadGate,
  after: number,
  scheduler?: SchedulerLike,
): Observable<LogEvent> =>
  defer(() => {
    let last = after;
    const readOn$ = defer(() => read$(last)).pipe(
      tap(({ number }) => {
        last = number;
      }),
      endWith(END),
    );
    const paused$ = timer(LONGEST_PAUSE_MS, scheduler).pipe(map((): typeof END => END));
    return gate.isOpen$.pipe(
      startWith(gate.isOpen),
      switchMap((isOpen) => (isOpen ? readOn$ : paused$)),
      takeWhile(isEvent),
    );
  });

/** Milliseconds that a gate may stay closed. The response of a client that never reads would not end. */
const LONGEST_PAUSE_MS = 600_000;

const END = Symbol('end');

const isEvent = (event: LogEvent | typeof END): event is LogEvent => event !== END;
