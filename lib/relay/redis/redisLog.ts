import {
  asyncScheduler,
  concatMap,
  defer,
  EMPTY,
  exhaustMap,
  expand,
  filter,
  finalize,
  from,
  map,
  merge,
  of,
  race,
  retry,
  switchMap,
  take,
  tap,
  throwError,
  timeout,
  timer,
  type Observable,
} from 'rxjs';

import { clockOf } from '../../rx/clockOf';
import { MAX_DELAY } from '../../rx/isFiniteDelay';
import { checkRange } from '../checkRange';
import { LogError, type LogErrorReason } from '../log/LogError';
import type { LogEvent, StopReason, StreamLog } from '../log/StreamLog';
import type { RedisClient } from './RedisClient';
import { APPEND, CLAIM, keysOf, READ, REMOVE_STOP, RENEW, STOP } from './scripts';
import { Wakeups } from './Wakeups';

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

/** The most events of one read. */
const PAGE = 500;

/** Milliseconds between two looks at a stream that is idle, and between two renewals of a lease. */
const LOOK_MS = 1_000;

/** Milliseconds that a reader counts as present after a look. */
const PRESENT_MS = 3 * LOOK_MS;

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
  const wakeups = new Wakeups(client, reader);
  const now = clockOf(asyncScheduler);
  /** The tokens of the streams that this process writes. */
  const tokens = new Map<string, string>();

  /** Removes the token of a writer that writes no more, and not that of a later one. */
  const forget = (id: string, token: string | undefined): void => {
    if (tokens.get(id) === token) tokens.delete(id);
  };

  const send = (script: string, id: string, ...args: Array<string | number>): Promise<unknown> => {
    const keys = keysOf(prefix, id);
    return client.sendCommand(['EVAL', script, String(keys.length), ...keys, ...args.map(wordOf)]);
  };

  const failWithoutReply = <T>(): ((reply$: Observable<T>) => Observable<T>) =>
    timeout({
      first: commandMs,
      with: () =>
        throwError(
          () => new Error(`Redis did not reply within ${commandMs} ms: check Redis and the network to it`),
        ),
    });

  const run = (script: string, id: string, ...args: Array<string | number>): Observable<unknown> =>
    defer(() => send(script, id, ...args)).pipe(failWithoutReply());

  /**
   * Runs a script of the writer, and again while Redis fails, until the lease must be over. A repeated script changes nothing.
   *
   * @param since - The time at which the lease was certainly valid.
   */
  const write = (
    script: string,
    id: string,
    since: number,
    ...args: Array<string | number>
  ): Observable<number> => {
    const token = tokens.get(id) ?? '';
    return run(script, id, token, leaseMs, ttlMs, ...args).pipe(
      retry({
        delay: (error: unknown) =>
          now() - since >= leaseMs ? throwError(() => error) : timer(Math.min(LOOK_MS / 2, leaseMs / 3)),
      }),
      map((reply) => {
        const result = Number(reply);
        if (result === 0) throw new LogError('LostLease');
        if (result === -1)
          throw new Error('the stream is gone from Redis, as if evicted: check maxmemory and its policy');
        return result;
      }),
      tap({ error: () => forget(id, token) }),
    );
  };

  /** Claims a stream for a token, and resolves with whether it is the writer. */
  const claimFor = async (token: string, id: string, ageMs: number): Promise<boolean> => {
    const claimedAt = now();
    const reply = await send(CLAIM, id, token, leaseMs, ttlMs);
    const [isWriter, stopId, stopAgeMs] = reply as readonly [unknown, unknown?, unknown?];
    // The time that Redis took counts as well, or a stop would be lost that has overtaken the claim.
    const isEarlier = Number(stopAgeMs) > ageMs + now() - claimedAt;
    if (isEarlier) await send(REMOVE_STOP, id, String(stopId));
    return Number(isWriter) === 1;
  };

  const claim = (id: string, ageMs: number): Observable<'writer' | 'reader'> =>
    defer(() => {
      const token = crypto.randomUUID();
      const isWriter = claimFor(token, id, ageMs);
      let isKnown = false;
      const withdraw = (): void => {
        isWriter
          .catch(() => true) // Redis may have run a claim whose reply was lost.
          .then((is) => (is ? send(APPEND, id, token, leaseMs, ttlMs, maxEvents, 0, 'withdrawn') : undefined))
          .catch(() => undefined); // The lease of a claim without a writer expires.
      };
      return from(isWriter).pipe(
        failWithoutReply(),
        map((is) => {
          isKnown = true;
          if (is) tokens.set(id, token);
          return is ? ('writer' as const) : ('reader' as const);
        }),
        finalize(() => {
          if (!isKnown) withdraw();
        }),
      );
    });

  const page = (id: string, after: number): Observable<Page> =>
    run(READ, id, after, PAGE, PRESENT_MS).pipe(map((reply) => pageOf(reply, after)));

  const nextPage = (id: string, { state, last }: Page): Observable<Page> => {
    const isReady$: Observable<unknown> =
      state === 'more' ? of(0) : race(wakeups.after$(eventsKey(id), last), timer(LOOK_MS));
    return isReady$.pipe(
      take(1),
      switchMap(() => page(id, last)),
      // A stream that had events and is gone was lost by Redis, and its writer with it.
      map((read): Page => (read.state === 'unknown' && last > 0 ? { ...read, state: 'orphaned' } : read)),
      retry({ delay: () => timer(LOOK_MS / 2) }),
      // Without Redis, nothing is known of the writer for longer than its lease.
      timeout({ first: leaseMs + 2 * LOOK_MS, with: () => throwError(() => new LogError('Orphaned')) }),
    );
  };

  const eventsKey = (id: string): string => keysOf(prefix, id)[2] ?? '';
  const stopKey = (id: string): string => keysOf(prefix, id)[3] ?? '';

  const stopReason = (id: string, unreadMs: number): Observable<StopReason> =>
    defer(() => {
      let readAt = now();
      let renewedAt = now();
      return merge(timer(0, Math.min(LOOK_MS, leaseMs / 3)), wakeups.after$(stopKey(id), 0)).pipe(
        exhaustMap(() =>
          write(RENEW, id, renewedAt).pipe(
            tap(() => {
              renewedAt = now();
            }),
          ),
        ),
        map((result): StopReason | undefined => {
          if (result === 2) return 'stopped';
          if (result === 3) readAt = now();
          return now() - readAt >= unreadMs ? 'unread' : undefined;
        }),
        filter((reason) => reason !== undefined),
        take(1),
      );
    });

  return {
    claim,
    append: (id, after, events, end) =>
      defer(() => {
        const token = tokens.get(id);
        return write(APPEND, id, now(), maxEvents, after, end ?? '', ...events).pipe(
          tap({
            complete: () => {
              if (end !== undefined) forget(id, token);
            },
            unsubscribe: () => forget(id, token),
          }),
        );
      }),
    read$: (id, after) =>
      page(id, after).pipe(
        expand((read) => (read.state === 'ended' || isFailed(read) ? EMPTY : nextPage(id, read))),
        concatMap((read) =>
          isFailed(read) ? throwError(() => new LogError(FAILURES[read.state])) : read.events,
        ),
      ),
    stop: (id) =>
      run(STOP, id, ttlMs).pipe(
        map((reply) => {
          if (Number(reply) === 0) throw new LogError('UnknownStream');
        }),
      ),
    lease$: stopReason,
  };
}

/** Returns an argument of a command. Redis accepts integers only. */
const wordOf = (value: string | number): string =>
  String(typeof value === 'number' ? Math.ceil(value) : value);

/** A read of a stream. */
interface Page {
  readonly state: 'open' | 'more' | 'ended' | keyof typeof FAILURES;
  readonly events: readonly LogEvent[];
  /** The number of the last event. */
  readonly last: number;
}

const FAILURES = {
  unknown: 'UnknownStream',
  trimmed: 'Trimmed',
  orphaned: 'Orphaned',
} as const satisfies Record<string, LogErrorReason>;

const isFailed = (page: Page): page is Page & { readonly state: keyof typeof FAILURES } =>
  page.state in FAILURES;

function pageOf(reply: unknown, after: number): Page {
  const [state, ...values] = (reply as readonly unknown[]).map(String);
  const events: LogEvent[] = [];
  for (let i = 0; i < values.length; i += 2) {
    events.push({ number: Number.parseInt(values[i] ?? '', 10), text: values[i + 1] ?? '' });
  }
  return { state: state as Page['state'], events, last: events.at(-1)?.number ?? after };
}
