import {
  asyncScheduler,
  defer,
  identity,
  Observable,
  of,
  Subject,
  switchMap,
  takeUntil,
  tap,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
} from 'rxjs';

import { ChatTimeoutError } from '../errors';
import { isFiniteDelay } from '../rx/isFiniteDelay';
import type { ReadGate } from '../transport/ReadGate';
import { Activity } from './Activity';
import { whileOpen } from './whileOpen';

/** Options for {@link failWhenIdle}. */
export interface IdleOptions<T> {
  /** Milliseconds between one activity and the next; absent or `Infinity` for no limit. */
  readonly ms?: number;
  /** Whether a value is an activity. Default: each is. */
  readonly isActivity?: (value: T) => boolean;
  /** Count from the subscription on. Default false: from the first value. */
  readonly immediate?: boolean;
  /** A gate whose time closed does not count. */
  readonly gate?: ReadGate;
  /** Times the wait. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Errors if there is no activity for a while.
 *
 * An activity costs one reading of a clock: a single timer checks now and then whether the time is over. The timer runs only while
 * the source is active, since virtual time would never end otherwise.
 *
 * ```text
 * source:                  ---a-b-------c|
 * failWhenIdle({ ms: 4 }): ---a-b---#          # = ChatTimeoutError('idle')
 * ```
 */
export function failWhenIdle<T>({
  ms,
  isActivity = everyValue,
  immediate = false,
  gate,
  scheduler = asyncScheduler,
}: IdleOptions<T>): MonoTypeOperatorFunction<T> {
  if (!isFiniteDelay(ms)) return identity;
  return (value$) =>
    defer(() => {
      const activity = new Activity(scheduler);
      const begun$ = new Subject<void>();
      let begun = immediate;
      const begin$: Observable<unknown> = immediate ? of(undefined) : begun$;
      return value$.pipe(
        tap((value) => {
          if (!begun) {
            begun = true;
            begun$.next();
          } else if (isActivity(value)) {
            activity.mark();
          }
        }),
        takeUntil(begin$.pipe(switchMap(() => idle$(ms, activity, gate)))),
      );
    });
}

const everyValue: (value: unknown) => boolean = () => true;

/** Errors once `ms` have passed without activity. */
const idle$ = (ms: number, activity: Activity, gate: ReadGate | undefined): Observable<never> =>
  new Observable((subscriber) =>
    whileOpen(gate, () => activity.whenIdle(ms, () => subscriber.error(new ChatTimeoutError('idle', ms)))),
  );
