import { map } from 'rxjs';

import { MAX_DELAY } from '../../rx/isFiniteDelay';
import { checkRange } from '../checkRange';
import { LogError } from '../log/LogError';
import type { StreamLog } from '../log/StreamLog';
import { Commands } from './Commands';
import { Readers } from './Readers';
import type { RedisClient } from './RedisClient';
import { STOP } from './scripts';
import { Wakeups } from './Wakeups';
import { Writers } from './Writers';

/** Options for {@link redisLog}. */
export interface RedisLogOptions {
  /** Milliseconds that a stream is kept after its last event. Default 600,000. */
  readonly ttlMs?: number;
  /** Milliseconds without a renewal after which a writer counts as dead. Default 15,000. */
  readonly leaseMs?: number;
  /** About the most events of one stream; the oldest are removed above it. Default 100,000. */
  readonly maxEvents?: number;
  /** Milliseconds that a command may take. Default 3,000. */
  readonly commandMs?: number;
  /** The beginning of all keys. Default `chat:`. */
  readonly prefix?: string;
}

/**
 * Creates a log in Redis, for any number of processes.
 *
 * Written for the official client `redis`; see {@link RedisClient} for others. Needs Redis 5 or newer, or Valkey. The clocks of the
 * processes do not matter: every time is a duration that Redis measures. The clients are yours: connect them before, handle their
 * `error` events, and close them after.
 *
 * @param client - A connection for commands. It may be shared with other uses.
 * @param reader - A connection for blocking reads only, such as `client.duplicate()`.
 * @param options - Times, sizes and the beginning of the keys.
 * @returns A log for `resumeFrom`.
 * @throws RangeError for a number that is not in its range.
 *
 * @example
 * ```ts
 * import { createClient } from 'redis';
 * import { resumeFrom } from 'rxjs-chat-completions/relay';
 * import { redisLog } from 'rxjs-chat-completions/relay/redis';
 *
 * const client = createClient({ url: 'redis://localhost:6379' }).on('error', console.error);
 * const reader = client.duplicate().on('error', console.error);
 * const resume = resumeFrom(redisLog(client, reader));
 * ```
 */
export function redisLog(
  client: RedisClient,
  reader: RedisClient,
  {
    ttlMs = 600_000,
    leaseMs = 15_000,
    maxEvents = 100_000,
    commandMs = 3_000,
    prefix = 'chat:',
  }: RedisLogOptions = {},
): StreamLog {
  checkRange({ ttlMs, maxEvents }, 1, Number.MAX_SAFE_INTEGER);
  checkRange({ leaseMs, commandMs }, 1, MAX_DELAY / 2);
  const commands = new Commands(client, prefix, commandMs);
  const wakeups = new Wakeups(client, reader);
  const readers = new Readers(commands, wakeups, leaseMs);
  const writers = new Writers(commands, wakeups, { ttlMs, leaseMs, maxEvents });
  return {
    claim: (id, ageMs) => writers.claim(id, ageMs),
    append: (id, after, events, end) => writers.append(id, after, events, end),
    read$: (id, after) => readers.read$(id, after),
    stop: (id) =>
      commands.run(STOP, id, ttlMs).pipe(
        map((reply) => {
          if (Number(reply) === 0) throw new LogError('UnknownStream');
        }),
      ),
    lease$: (id, unreadMs) => writers.lease$(id, unreadMs),
  };
}
