import { asyncScheduler, BehaviorSubject, type Observable, type SchedulerLike } from 'rxjs';

import type { ChatTimeoutError } from '../errors';

/** How far a call has come, by what it waits for. */
export type Stage = 'key' | 'head' | 'first' | 'idle';

/** What is known of one call's, or one stream's, signs of life. It begins at the subscription. */
export class ActivityTracker {
  readonly #scheduler: SchedulerLike;
  readonly #waitedFor: BehaviorSubject<Stage | 'consumer'>;
  readonly #bornAt: number;
  #stage: Stage;
  #held = false;
  #sentAt: number;
  #lastAt: number;

  constructor(scheduler: SchedulerLike = asyncScheduler, stage: Stage = 'first') {
    this.#scheduler = scheduler;
    this.#stage = stage;
    this.#waitedFor = new BehaviorSubject<Stage | 'consumer'>(stage);
    this.#bornAt = this.#sentAt = this.#lastAt = scheduler.now();
  }

  /** The key is there and the request is sent. */
  sent(): void {
    this.#sentAt = this.#scheduler.now();
    this.#enter('head');
  }

  /** The head has come. */
  answered(): void {
    this.#enter('first');
  }

  /** The first event has come; from here on silence is counted. */
  begin(): void {
    if (this.#stage === 'idle') return;
    this.seen();
    this.#enter('idle');
  }

  /** Something came that counts. */
  seen(): void {
    this.#lastAt = this.#scheduler.now();
  }

  /** A consumer holds the body back: its silence is not the server's. */
  pause(): void {
    this.#held = true;
    this.#tell();
  }

  /** The body may go on; silence is counted from here. */
  resume(): void {
    this.#held = false;
    if (this.#waitedFor.value === 'consumer') this.#sentAt = this.#lastAt = this.#scheduler.now();
    this.#tell();
  }

  /** What is waited for, now and each time that changes. */
  get waitedFor$(): Observable<Stage | 'consumer'> {
    return this.#waitedFor.asObservable();
  }

  /** How much is left of a wait of `ms`. */
  left(phase: ChatTimeoutError['phase'], ms: number): number {
    const since = { head: this.#sentAt, first: this.#sentAt, idle: this.#lastAt, total: this.#bornAt };
    return since[phase] + ms - this.#scheduler.now();
  }

  #enter(stage: Stage): void {
    this.#stage = stage;
    this.#tell();
  }

  #tell(): void {
    // No consumer can hold back the key or the head.
    const held = this.#held && (this.#stage === 'first' || this.#stage === 'idle');
    const now = held ? 'consumer' : this.#stage;
    if (now !== this.#waitedFor.value) this.#waitedFor.next(now);
  }
}
