import { identity, Observable, tap, type MonoTypeOperatorFunction } from 'rxjs';

import { isFiniteDelay } from '../rx/isFiniteDelay';
import { timeLimit } from './timeLimit';
import type { WaitOptions } from './Wait';

/** Options for {@link failWhenIdle}. */
export interface IdleOptions<T> extends WaitOptions {
  /** Milliseconds between one activity and the next; absent or `Infinity` for no limit. */
  readonly ms?: number;
  /** Whether a value is an activity. Default: each is. */
  readonly isActivity?: (value: T) => boolean;
  /** Count from the subscription on. Default false: from the first value. */
  readonly immediate?: boolean;
}

/**
 * Errors if there is no activity for a while.
 *
 * The timer runs only while the source is active, since virtual time would never end otherwise.
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
  ...options
}: IdleOptions<T>): MonoTypeOperatorFunction<T> {
  if (!isFiniteDelay(ms)) return identity;
  return (value$) =>
    new Observable((subscriber) => {
      const wait = timeLimit(subscriber, 'idle', ms, options);
      let begun = immediate;
      if (begun) wait.start();
      const noteActivity = tap((value: T) => {
        if (!begun) {
          begun = true;
          wait.start();
        } else if (isActivity(value)) {
          wait.mark();
        }
      });
      value$.pipe(noteActivity).subscribe(subscriber);
    });
}

const everyValue: (value: unknown) => boolean = () => true;
