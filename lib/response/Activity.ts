/** The time of the latest activity of a response, by a clock that never runs backwards. `restart` begins it. */
export class Activity {
  readonly #now: () => number;
  #latest = 0;
  /** Whether there was activity since the last look. */
  #isNew = false;

  /** @param now - Clock in milliseconds that never runs backwards. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts as activity, now. */
  mark(): void {
    this.#latest = this.#now();
    this.#isNew = true;
  }

  /** Forgets earlier activity: time counts from here. */
  restart(): void {
    this.#latest = this.#now();
    this.#isNew = false;
  }

  /**
   * Returns the milliseconds that are left of a wait of `ms`, 0 if it is over.
   *
   * Without activity since the last call it is over, whatever the clock shows: test tools stop clocks.
   */
  left(ms: number): number {
    if (!this.#isNew) return 0;
    this.#isNew = false;
    return Math.max(0, Math.min(ms, this.#latest + ms - this.#now()));
  }
}
