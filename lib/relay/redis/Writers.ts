import {
  asyncScheduler,
  defer,
  exhaustMap,
  filter,
  finalize,
  from,
  map,
  merge,
  of,
  retry,
  take,
  tap,
  throwError,
  timer,
  type Observable,
} from 'rxjs';

import { clockOf } from '../../rx/clockOf';
import { LogError } from '../log/LogError';
import type { LogEnd, StopReason } from '../log/StreamLog';
import type { Argument, Commands } from './Commands';
import { APPEND, CLAIM, REMOVE_STOP, RENEW } from './scripts';
import { LOOK_MS, type Wakeups } from './Wakeups';

/** Limits of {@link Writers}. */
interface WriterLimits {
  /** Milliseconds that a stream is kept after its last event. */
  readonly ttlMs: number;
  /** Milliseconds without a renewal after which a writer counts as dead. */
  readonly leaseMs: number;
  /** About the most events of one stream. */
  readonly maxEvents: number;
}

/** The streams that this process writes. */
export class Writers {
  readonly #commands: Commands;
  readonly #wakeups: Wakeups;
  readonly #limits: WriterLimits;
  readonly #now = clockOf(asyncScheduler);
  /** The tokens of the streams, by their ids, until their end is sent. */
  readonly #tokens = new Map<string, string>();

  constructor(commands: Commands, wakeups: Wakeups, limits: WriterLimits) {
    this.#commands = commands;
    this.#wakeups = wakeups;
    this.#limits = limits;
  }

  claim(id: string, ageMs: number): Observable<'writer' | 'reader'> {
    return defer(() => {
      // It still writes what Redis has lost, and would go on with the token of the claim.
      if (this.#tokens.has(id)) return of('reader' as const);
      const token = crypto.randomUUID();
      const isWriter = this.#claimFor(token, id, ageMs);
      let isKnown = false;
      return from(isWriter).pipe(
        this.#commands.failWithoutReply(),
        map((is) => {
          isKnown = true;
          if (is) this.#tokens.set(id, token);
          return is ? ('writer' as const) : ('reader' as const);
        }),
        finalize(() => {
          if (!isKnown) this.#withdraw(token, id, isWriter);
        }),
      );
    });
  }

  append(id: string, after: number, events: readonly string[], end?: LogEnd): Observable<number> {
    return defer(() => {
      const token = this.#tokens.get(id);
      const { maxEvents } = this.#limits;
      const write$ = this.#write(APPEND, id, this.#now(), maxEvents, after, end ?? '', ...events);
      if (end !== undefined) this.#forget(id, token);
      return write$.pipe(tap({ unsubscribe: () => this.#forget(id, token) }));
    });
  }

  lease$(id: string, unreadMs: number): Observable<StopReason> {
    return defer(() => {
      let readAt = this.#now();
      let renewedAt = this.#now();
      const stop$ = this.#wakeups.after$(this.#commands.stopKey(id), 0);
      return merge(timer(0, Math.min(LOOK_MS, this.#limits.leaseMs / 3)), stop$).pipe(
        exhaustMap(() =>
          this.#write(RENEW, id, renewedAt).pipe(
            tap(() => {
              renewedAt = this.#now();
            }),
          ),
        ),
        map((result): StopReason | undefined => {
          if (result === 2) return 'stopped';
          if (result === 3) readAt = this.#now();
          return this.#now() - readAt >= unreadMs ? 'unread' : undefined;
        }),
        filter((reason) => reason !== undefined),
        take(1),
      );
    });
  }

  /** Claims a stream for a token, and resolves with whether it is the writer. */
  async #claimFor(token: string, id: string, ageMs: number): Promise<boolean> {
    const { leaseMs, ttlMs } = this.#limits;
    const claimedAt = this.#now();
    const reply = await this.#commands.send(CLAIM, id, token, leaseMs, ttlMs);
    const [isWriter, stopId, stopAgeMs] = reply as readonly [unknown, unknown?, unknown?];
    // The time that Redis took counts as well, or a stop would be lost that has overtaken the claim.
    const isEarlier = Number(stopAgeMs) > ageMs + this.#now() - claimedAt;
    if (isEarlier) await this.#commands.send(REMOVE_STOP, id, String(stopId));
    return Number(isWriter) === 1;
  }

  #withdraw(token: string, id: string, isWriter: Promise<boolean>): void {
    const { leaseMs, ttlMs, maxEvents } = this.#limits;
    isWriter
      .catch(() => true) // Redis may have run a claim whose reply was lost.
      .then((is) =>
        is ? this.#commands.send(APPEND, id, token, leaseMs, ttlMs, maxEvents, 0, 'withdrawn') : undefined,
      )
      .catch(() => undefined); // The lease of a claim without a writer expires.
  }

  /**
   * Runs a script of the writer, and again while Redis fails, until the lease must be over. A repeated script changes nothing.
   *
   * @param since - The time at which the lease was certainly valid.
   */
  #write(script: string, id: string, since: number, ...args: readonly Argument[]): Observable<number> {
    const { leaseMs, ttlMs } = this.#limits;
    const token = this.#tokens.get(id) ?? '';
    return this.#commands.run(script, id, token, leaseMs, ttlMs, ...args).pipe(
      retry({
        delay: (error: unknown) =>
          this.#now() - since >= leaseMs
            ? throwError(() => error)
            : timer(Math.min(LOOK_MS / 2, leaseMs / 3)),
      }),
      map((reply) => {
        const result = Number(reply);
        if (result === 0) throw new LogError('LostLease');
        if (result === -1)
          throw new Error('the stream is gone from Redis, as if evicted: check maxmemory and its policy');
        return result;
      }),
      tap({ error: () => this.#forget(id, token) }),
    );
  }

  /** Removes the token of a writer that writes no more, and not that of a later one. */
  #forget(id: string, token: string | undefined): void {
    if (this.#tokens.get(id) === token) this.#tokens.delete(id);
  }
}
