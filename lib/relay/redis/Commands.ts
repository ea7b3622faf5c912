import { defer, type MonoTypeOperatorFunction, type Observable } from 'rxjs';

import { inTime } from '../inTime';
import type { RedisClient } from './RedisClient';
import { keyOf, keysOf } from './scripts';

/** An argument of a script. */
export type Argument = string | number;

/** Sends scripts with the keys of a stream. */
export class Commands {
  readonly #client: RedisClient;
  readonly #prefix: string;
  readonly #longestMs: number;

  /** @param longestMs - Milliseconds that a command may take. */
  constructor(client: RedisClient, prefix: string, longestMs: number) {
    this.#client = client;
    this.#prefix = prefix;
    this.#longestMs = longestMs;
  }

  /** Returns the key of the events of a stream. */
  eventsKey(id: string): string {
    return keyOf(this.#prefix, id, 'events');
  }

  /** Returns the key of the stops of a stream. */
  stopKey(id: string): string {
    return keyOf(this.#prefix, id, 'stop');
  }

  /** Sends a script at once, and resolves with its reply. */
  send(script: string, id: string, ...args: readonly Argument[]): Promise<unknown> {
    const keys = keysOf(this.#prefix, id);
    return this.#client.sendCommand(['EVAL', script, String(keys.length), ...keys, ...args.map(wordOf)]);
  }

  /** Sends a script at subscription, and emits its reply. */
  run(script: string, id: string, ...args: readonly Argument[]): Observable<unknown> {
    return defer(() => this.send(script, id, ...args)).pipe(this.failWithoutReply());
  }

  /** Errors if there is no reply in the time of a command. */
  failWithoutReply<T>(): MonoTypeOperatorFunction<T> {
    const ms = this.#longestMs;
    return inTime(
      ms,
      () => new Error(`Redis did not reply within ${ms} ms: check Redis and the network to it`),
    );
  }
}

/** Returns an argument of a command. Redis accepts integers only. */
const wordOf = (value: Argument): string => String(typeof value === 'number' ? Math.ceil(value) : value);
