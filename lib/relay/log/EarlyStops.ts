/** Milliseconds and number of stops that are remembered. */
const MOST = { ms: 60_000, stops: 10_000 };

/** Stops that were requested before their stream was claimed. */
export class EarlyStops {
  readonly #now: () => number;
  /** The times of the stops by stream, the oldest first. */
  readonly #times = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  add(id: string): void {
    this.#times.delete(id);
    this.#times.set(id, this.#now());
    for (const [oldest, time] of this.#times) {
      if (this.#times.size <= MOST.stops && this.#now() - time < MOST.ms) return;
      this.#times.delete(oldest);
    }
  }

  /** Whether a stop of a stream was requested in the last milliseconds. */
  has(id: string, ageMs: number): boolean {
    const time = this.#times.get(id);
    return time !== undefined && this.#now() - time <= ageMs;
  }
}
