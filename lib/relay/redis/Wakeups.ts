import { noop, Observable } from 'rxjs';

import type { RedisClient } from './RedisClient';

/** A wait for the next entry of a stream. */
interface Wait {
  readonly key: string;
  /** The number before that entry. */
  readonly after: number;
  readonly wake: () => void;
}

/** Milliseconds between two looks at a stream that is idle, and between two renewals of a lease. */
export const LOOK_MS = 1_000;

/** Milliseconds that Redis blocks at most. */
const BLOCK_MS = 1_000;

/** Milliseconds between two blocking reads, in which the readers that were woken return to wait. */
const PAUSE_MS = 10;

/**
 * Waits for entries of any number of streams with one blocking read at a time, on a connection of its own.
 *
 * A wake-up is a hint: it may be missing when the connection fails, so its users look by themselves as well, once a second.
 */
export class Wakeups {
  readonly #client: RedisClient;
  readonly #reader: RedisClient;
  readonly #waits = new Set<Wait>();
  #isRunning = false;
  /** The id of the reader's connection while it is blocked. */
  #blocked: Promise<unknown> | undefined;

  /**
   * @param client - Sends what must not wait for the blocking read.
   * @param reader - Used for blocking reads only.
   */
  constructor(client: RedisClient, reader: RedisClient) {
    this.#client = client;
    this.#reader = reader;
  }

  /** Emits when a stream has an entry after a number. */
  after$(key: string, after: number): Observable<void> {
    return new Observable((subscriber) => {
      const wait: Wait = { key, after, wake: () => subscriber.next() };
      this.#waits.add(wait);
      subscriber.add(() => this.#waits.delete(wait));
      if (this.#isRunning) this.#unblock();
      else void this.#run();
    });
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waits.size > 0) {
      const changed = await this.#read().catch(() => undefined);
      for (const { key, wake } of [...this.#waits]) if (changed?.has(key)) wake();
      await delay(changed === undefined ? BLOCK_MS : PAUSE_MS);
    }
    this.#isRunning = false;
  }

  /** Resolves with the keys that have new entries. */
  async #read(): Promise<ReadonlySet<string>> {
    const lowest = new Map<string, number>();
    for (const { key, after } of this.#waits) lowest.set(key, Math.min(after, lowest.get(key) ?? Infinity));
    const ids = [...lowest.values()].map((after) => `${after}-0`);
    const id = this.#reader.sendCommand(['CLIENT', 'ID']);
    const reply = this.#reader.sendCommand([
      ...['XREAD', 'COUNT', '1', 'BLOCK', String(BLOCK_MS), 'STREAMS'],
      ...[...lowest.keys(), ...ids],
    ]);
    id.catch(noop);
    this.#blocked = id;
    try {
      return keysIn(await reply);
    } finally {
      this.#blocked = undefined;
    }
  }

  /** Ends the blocking read, so that the next one includes a new wait. */
  #unblock(): void {
    const blocked = this.#blocked;
    this.#blocked = undefined;
    blocked?.then((id) => this.#client.sendCommand(['CLIENT', 'UNBLOCK', String(id)])).catch(noop);
  }
}

/** Returns the keys in a reply of XREAD: a list of pairs, or a map with version 3 of Redis's protocol. */
function keysIn(reply: unknown): ReadonlySet<string> {
  if (reply === null || reply === undefined) return new Set();
  const entries = reply instanceof Map ? [...(reply as Map<unknown, unknown>)] : reply;
  if (!Array.isArray(entries)) return new Set(Object.keys(entries));
  return new Set((entries as ReadonlyArray<readonly [unknown]>).map(([key]) => String(key)));
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
