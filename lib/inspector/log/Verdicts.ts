import type { CallLog } from './CallLog';
import type { Lane } from './Lane';

/**
 * Assigns the end of a call to its attempt.
 *
 * Hooks do not name the call. But they run while the transport emits, or in the same task in which it is unsubscribed from, so the
 * attempt that emits, or else the one that was just closed, is the one that ended.
 */
export class Verdicts {
  readonly #log: CallLog;
  /** The attempts that emit now, the innermost last. */
  readonly #emitting: Lane[] = [];
  /** The attempt that was just unsubscribed from. */
  #closed: Lane | undefined;
  /** An end whose attempt is about to be unsubscribed from. */
  #pending: ((lane: Lane) => void) | undefined;
  /** The last event of each open attempt that ends it, such as `[DONE]`. */
  readonly endings = new WeakMap<Lane, string>();

  constructor(log: CallLog) {
    this.#log = log;
  }

  /** Runs a step in which an attempt emits. */
  emit(lane: Lane, step: () => void): void {
    this.#closed = undefined;
    this.#emitting.push(lane);
    try {
      step();
    } finally {
      this.#emitting.pop();
    }
  }

  /** Ends an attempt that was unsubscribed from: as its call reports, or else as stopped. */
  close(lane: Lane): void {
    if (lane.endedAt !== null) return;
    if (this.#pending !== undefined) {
      this.#pending(lane);
      this.#pending = undefined;
      return;
    }
    this.#closed = lane;
    const at = this.#log.now();
    // A verdict may follow in this task.
    queueMicrotask(() => {
      if (this.#closed === lane) this.#closed = undefined;
      this.#end(lane, 'stop', 'unsubscribed: the request is aborted', undefined, at);
    });
  }

  fail(error: Error): void {
    this.#settle((lane) => this.#end(lane, 'error', error.name, error));
  }

  complete(): void {
    this.#settle((lane) => this.#end(lane, 'complete', 'complete'));
  }

  #settle(verdict: (lane: Lane) => void): void {
    const lane = this.#emitting.at(-1) ?? this.#closed;
    if (lane !== undefined) return verdict(lane);
    this.#pending = verdict;
    queueMicrotask(() => {
      if (this.#pending === verdict) this.#pending = undefined;
    });
  }

  #end(lane: Lane, kind: 'error' | 'complete' | 'stop', title: string, value?: unknown, at?: number): void {
    if (lane.endedAt === null) {
      this.#log.add(lane, { kind, title, raw: this.endings.get(lane) ?? '', value }, at);
    }
  }
}
