import { asyncScheduler, defer, EMPTY, of, type SchedulerLike } from 'rxjs';

import { clockOf } from '../../rx/clockOf';
import { checkRange } from '../checkRange';
import { EarlyStops } from './EarlyStops';
import { LogError } from './LogError';
import { MemoryStream } from './MemoryStream';
import type { StreamLog } from './StreamLog';

/** Options for {@link memoryLog}. */
export interface MemoryLogOptions {
  /** Milliseconds that a stream is kept after its end. Default 600,000. */
  readonly ttlMs?: number;
  /**
   * The most characters of all streams together. Default 64 Mi. Above it the streams that ended first are removed, then the oldest events of
   * the stream that grows.
   */
  readonly maxSize?: number;
  /** Times the waits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Creates a log in the memory of this process, for one process and for tests.
 *
 * A reader has to reach the process that wrote the answer, and a restart loses all streams. For several processes use `redisLog`.
 *
 * @param options - The time after the end, and the size.
 * @returns A log for {@link resumeFrom}.
 * @throws RangeError for a number that is not in its range.
 *
 * @example
 * ```ts
 * import { memoryLog, resumeFrom } from 'rxjs-chat-completions/relay';
 *
 * const resume = resumeFrom(memoryLog({ ttlMs: 60_000 }));
 * ```
 */
export function memoryLog({
  ttlMs = 600_000,
  maxSize = 64 * 1024 * 1024,
  scheduler = asyncScheduler,
}: MemoryLogOptions = {}): StreamLog {
  checkRange({ ttlMs, maxSize }, 0);
  const now = clockOf(scheduler);
  /** Those that have ended are in the order of their ends. */
  const streams = new Map<string, MemoryStream>();
  const earlyStops = new EarlyStops(now);
  let size = 0;

  const remove = (id: string, stream: MemoryStream): void => {
    streams.delete(id);
    size -= stream.size;
  };

  const isExpired = ({ endedAt }: MemoryStream): boolean => endedAt !== undefined && now() - endedAt >= ttlMs;

  // No timer: it would keep a process alive for as long as the last stream is kept.
  const removeExpired = (): void => {
    for (const [id, stream] of streams) {
      if (isExpired(stream)) remove(id, stream);
      else if (stream.endedAt !== undefined) return;
    }
  };

  const find = (id: string): MemoryStream => {
    const stream = streams.get(id);
    if (stream === undefined || isExpired(stream)) throw new LogError('UnknownStream');
    return stream;
  };

  const makeRoom = (growing: MemoryStream): void => {
    for (const [id, stream] of streams) {
      if (size <= maxSize) return;
      if (stream !== growing && stream.endedAt !== undefined) remove(id, stream);
    }
    size -= growing.trim(size - maxSize);
  };

  return {
    claim: (id, ageMs) =>
      defer(() => {
        removeExpired();
        if (streams.has(id)) return of('reader' as const);
        const stream = new MemoryStream();
        streams.set(id, stream);
        if (earlyStops.has(id, ageMs)) stream.stop();
        return of('writer' as const);
      }),
    append: (id, after, events, end) =>
      defer(() => {
        const stream = streams.get(id);
        if (stream === undefined || stream.endedAt !== undefined) throw new LogError('LostLease');
        size += stream.add(events.slice(Math.max(0, stream.count - after)));
        makeRoom(stream);
        if (end === 'withdrawn') {
          remove(id, stream);
          stream.fail(new LogError('UnknownStream'));
        } else if (end === 'ended') {
          streams.delete(id);
          streams.set(id, stream);
          stream.end(now());
        }
        return EMPTY;
      }),
    read$: (id, after) => defer(() => find(id).read$(after)),
    stop: (id) =>
      defer(() => {
        removeExpired();
        if (!streams.has(id)) earlyStops.add(id);
        find(id).stop();
        return EMPTY;
      }),
    lease$: (id, unreadMs) => defer(() => find(id).stopped$(unreadMs, scheduler)),
  };
}
