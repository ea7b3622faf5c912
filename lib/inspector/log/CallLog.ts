import { Subject, type Observable, type TimestampProvider } from 'rxjs';

import type { PlannedRetry } from '../../operators/resilience/retryChat';
import type { Bytes, ResponseHead, TransportRequest } from '../../transport/transport';
import { Lane } from './Lane';
import type { Marble } from './Marble';

/** Options for a {@link CallLog}. */
export interface CallLogOptions {
  /** Maximum number of lanes: attempts and subscriptions. Default 200. */
  readonly lanes?: number;
  /** Maximum number of marbles. Default 20,000. */
  readonly marbles?: number;
  /** Maximum size of everything kept, in characters and bytes. Default 16 million. */
  readonly size?: number;
  /** Clock in milliseconds, such as a scheduler. Default `performance`. */
  readonly clock?: TimestampProvider;
}

/**
 * A bounded record of calls, which the inspector shows.
 *
 * When a limit is reached, the oldest lanes are dropped first, then the oldest marbles of the lane that is left. `dropped` counts
 * both.
 *
 * @example A log that keeps little
 * ```ts
 * import { CallLog, inspect } from 'rxjs-chat-completions/inspector';
 *
 * const log = new CallLog({ marbles: 1_000 });
 * const config = inspect({}, log);
 * ```
 */
export class CallLog {
  readonly #limits: Required<Omit<CallLogOptions, 'clock'>>;
  readonly #clock: TimestampProvider;
  readonly #changes$ = new Subject<void>();
  #lanes: Lane[] = [];
  #start: number;
  #calls = 0;
  #cost = 0;
  #marbles = 0;
  #dropped = 0;
  #failed: Lane | undefined;
  /** Lanes that subscribe to their source now, the innermost last. */
  readonly #subscribing: Lane[] = [];

  /** @param options - The limits of the log, and its clock. */
  constructor({
    lanes = 200,
    marbles = 20_000,
    size = 16_000_000,
    clock = performance,
  }: CallLogOptions = {}) {
    this.#limits = { lanes, marbles, size };
    this.#clock = clock;
    this.#start = clock.now();
  }

  /** Emits after every change. */
  get changes$(): Observable<void> {
    return this.#changes$;
  }

  /** The lanes that are kept, the oldest first. */
  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  /** Limits, and the amounts in use. */
  get usage(): {
    readonly marbles: number;
    readonly maxMarbles: number;
    readonly size: number;
    readonly maxSize: number;
    readonly dropped: number;
  } {
    const { marbles, size } = this.#limits;
    return {
      marbles: this.#marbles,
      maxMarbles: marbles,
      size: this.#cost,
      maxSize: size,
      dropped: this.#dropped,
    };
  }

  /** Milliseconds since the log was created or cleared. */
  now(): number {
    return this.#clock.now() - this.#start;
  }

  /** Drops everything, and starts the time at 0. Calls that still run are not recorded further. */
  clear(): void {
    this.#lanes = [];
    this.#calls = this.#cost = this.#marbles = this.#dropped = 0;
    this.#failed = undefined;
    this.#start = this.#clock.now();
    this.#changes$.next();
  }

  /**
   * Adds a marble for a planned retry to the attempt that has failed. Its place is `retryChat({ onRetry: log.onRetry })`.
   *
   * Attempts are recognised without it. With it the wait is visible while it lasts.
   *
   * @param planned - The retry, as `retryChat` reports it.
   */
  readonly onRetry = ({ retry, count, delayMs, error }: PlannedRetry): void => {
    if (this.#failed === undefined) return;
    this.#failed.retryAt = this.now() + delayMs;
    const title = `retry ${retry} of ${count} in ${(delayMs / 1_000).toFixed(1)} s`;
    this.add(this.#failed, { kind: 'retry', title, raw: '', value: error });
  };

  /** Opens the lane of a request. A request that repeats one that has failed is its next attempt. */
  openAttempt(request: TransportRequest): Lane {
    const same = [...this.#lanes]
      .reverse()
      .find(({ recording }) => isSameRequest(recording.request, request));
    const failed = same?.hasFailed === true ? same : undefined;
    const attempt = (failed?.attempt ?? 0) + 1;
    const call = failed?.call ?? (this.#calls += 1);
    const label = attempt === 1 ? `Call ${call}` : `Attempt ${attempt}`;
    // The operators whose subscription sends it belong to the call.
    for (const each of this.#subscribing) each.call = call;
    const lane = new Lane({ label, call, attempt, startedAt: this.now(), request });
    return this.#open(lane, failed);
  }

  /** Opens a lane that has failed again, for the next subscription. */
  reopen(lane: Lane): Lane {
    lane.endedAt = null;
    this.#changed();
    return lane;
  }

  /** Opens the lane of a subscription to an Observable. */
  openStream(label: string): Lane {
    return this.#open(new Lane({ label, call: this.#calls, attempt: 0, startedAt: this.now() }));
  }

  /** Adds a marble to a lane. */
  add(lane: Lane, marble: Omit<Marble, 'at'>, at: number = this.now()): void {
    if (!this.#lanes.includes(lane)) return;
    this.#cost += lane.add({ ...marble, at });
    this.#marbles += 1;
    if (marble.kind === 'error' && lane.recording.request !== undefined) this.#failed = lane;
    this.#changed();
  }

  /** Adds a part of a response to a lane, for its tape. */
  addPart(lane: Lane, part: ResponseHead | Bytes): void {
    if (!this.#lanes.includes(lane)) return;
    this.#cost += lane.addPart({ at: Math.round(this.now() - lane.startedAt), part });
    this.#changed();
  }

  /** Runs the subscription of a lane to its source. Lanes that it opens are placed above: the order of a pipe. */
  subscribe<T>(lane: Lane, step: () => T): T {
    this.#subscribing.push(lane);
    try {
      return step();
    } finally {
      this.#subscribing.pop();
    }
  }

  #open(lane: Lane, previous?: Lane): Lane {
    this.#lanes.splice(this.#placeFor(previous), 0, lane);
    this.#changed();
    return lane;
  }

  /** Returns the place below the previous attempt, or else above the lane that subscribes, or else the last one. */
  #placeFor(previous: Lane | undefined): number {
    const placeOf = (lane: Lane | undefined): number => this.#lanes.findIndex((each) => each === lane);
    const above = placeOf(previous);
    if (above !== -1) return above + 1;
    const below = placeOf(this.#subscribing.at(-1));
    return below === -1 ? this.#lanes.length : below;
  }

  #changed(): void {
    const { lanes, marbles, size } = this.#limits;
    while (this.#lanes.length > lanes || this.#marbles > marbles || this.#cost > size) {
      const [oldest] = this.#lanes;
      if (oldest === undefined || (this.#lanes.length === 1 && !oldest.canDrop)) break;
      const before = oldest.marbles.length;
      if (this.#lanes.length > 1) {
        this.#lanes.shift();
        this.#cost -= oldest.cost;
        this.#removed(before);
      } else {
        this.#cost -= oldest.dropSome();
        this.#removed(before - oldest.marbles.length);
      }
    }
    this.#changes$.next();
  }

  #removed(count: number): void {
    this.#marbles -= count;
    this.#dropped += count;
  }
}

const isSameRequest = (a: TransportRequest | undefined, b: TransportRequest): boolean =>
  a?.method === b.method && a.url === b.url && a.body === b.body;

let shared: CallLog | undefined;

/**
 * Returns the log that `inspect` and the inspector share if they are not given another.
 *
 * @example Clear the inspector
 * ```ts
 * import { sharedLog } from 'rxjs-chat-completions/inspector';
 *
 * sharedLog().clear();
 * ```
 */
export const sharedLog = (): CallLog => (shared ??= new CallLog());
