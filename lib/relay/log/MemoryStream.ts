import {
  BehaviorSubject,
  filter,
  map,
  merge,
  NEVER,
  Observable,
  Subject,
  switchMap,
  take,
  timer,
  type SchedulerLike,
} from 'rxjs';

import { isFiniteDelay } from '../../rx/isFiniteDelay';
import { LogError } from './LogError';
import type { LogEvent, StopReason } from './StreamLog';

/** A stream of events in memory. */
export class MemoryStream {
  readonly #events: string[] = [];
  /** Events that were removed from the front. They are `''` in the array. */
  #trimmed = 0;
  readonly #changes = new Subject<void>();
  readonly #isStopped = new BehaviorSubject(false);
  readonly #readers = new BehaviorSubject(0);
  /** Characters of all events. */
  size = 0;
  /** The time of the end; `undefined` before it. */
  endedAt: number | undefined;

  /** The number of events so far. */
  get count(): number {
    return this.#events.length;
  }

  /** Appends events, and returns their size. */
  add(events: readonly string[]): number {
    let added = 0;
    for (const text of events) {
      this.#events.push(text);
      added += text.length;
    }
    this.size += added;
    this.#changes.next();
    return added;
  }

  /** Removes the oldest events, at least as much as `surplus`, and returns their size. */
  trim(surplus: number): number {
    let removed = 0;
    while (removed < surplus && this.#trimmed < this.#events.length) {
      removed += this.#events[this.#trimmed]?.length ?? 0;
      this.#events[this.#trimmed] = '';
      this.#trimmed += 1;
    }
    this.size -= removed;
    return removed;
  }

  end(now: number): void {
    this.endedAt = now;
    this.#changes.next();
  }

  fail(error: LogError): void {
    this.#changes.error(error);
  }

  stop(): void {
    this.#isStopped.next(true);
  }

  /** Emits when the writer has to stop. */
  stopped$(unreadMs: number, scheduler: SchedulerLike): Observable<StopReason> {
    return merge(
      this.#isStopped.pipe(
        filter(Boolean),
        map(() => 'stopped' as const),
      ),
      this.#readers.pipe(
        switchMap((readers) =>
          readers === 0 && isFiniteDelay(unreadMs) ? timer(unreadMs, scheduler) : NEVER,
        ),
        map(() => 'unread' as const),
      ),
    ).pipe(take(1));
  }

  /** Emits the events after a number, follows, and completes at the end. */
  read$(after: number): Observable<LogEvent> {
    return new Observable((subscriber) => {
      let read = after;
      let isReading = false;
      const readOn = (): void => {
        // A consumer may cause another event while it receives one.
        if (isReading) return;
        isReading = true;
        while (read < this.#events.length && !subscriber.closed) {
          if (read < this.#trimmed) subscriber.error(new LogError('Trimmed'));
          else subscriber.next({ number: read + 1, text: this.#events[read] ?? '' });
          read += 1;
        }
        isReading = false;
        if (this.endedAt !== undefined) subscriber.complete();
      };
      this.#readers.next(this.#readers.value + 1);
      subscriber.add(() => this.#readers.next(this.#readers.value - 1));
      subscriber.add(
        this.#changes.subscribe({ next: readOn, error: (error: unknown) => subscriber.error(error) }),
      );
      readOn();
    });
  }
}
