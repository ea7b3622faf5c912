import {
  BehaviorSubject,
  catchError,
  defer,
  endWith,
  ignoreElements,
  map,
  of,
  take,
  throwIfEmpty,
  type Observable,
  type SchedulerLike,
} from 'rxjs';

import { MAX_DELAY } from '../../rx/isFiniteDelay';
import { ReadGate } from '../../transport/ReadGate';
import { checkRange } from '../checkRange';
import { quietHook } from '../quietHook';
import type { RelayEvents, Resume } from '../Resume';
import { checkFingerprint, fingerprintOf, withFingerprint } from './fingerprint';
import { logErrorReason } from './LogError';
import { badCursor, badKey, logRefusal, unavailable, unknownStream, withdrawn } from './logRefusal';
import { readLog } from './readLog';
import { LONGEST_REPLY_MS, replyWithin } from './replyWithin';
import type { LogEvent, StreamLog } from './StreamLog';
import { isStreamKey, parseCursor, streamId } from './streamId';
import { writeLog } from './writeLog';

/** Options for {@link resumeFrom}. */
export interface ResumeOptions {
  /** Milliseconds that an answer continues without a reader. Default 60,000. */
  readonly orphanMs?: number;
  /**
   * Treatment of a POST while the log is not available: `best-effort`, the default, answers it without the log, and `required` refuses it
   * with 503.
   */
  readonly mode?: 'best-effort' | 'required';
  /** Milliseconds for which events are collected to one append. The first event after a pause is not delayed. Default 50. */
  readonly batchMs?: number;
  /**
   * Called with each failure of the log, for logs and alerts. It may be async. What it throws is ignored, and so is a rejection.
   */
  readonly onLogError?: (error: unknown) => unknown;
  /** Times the waits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** A `Resume` that reports what it writes. */
export interface LogResume extends Resume {
  /**
   * The number of answers that this process writes to the log, at once and at each change. An answer without a reader is one of them, so a
   * process that ends should wait for 0.
   */
  readonly writing$: Observable<number>;
}

/**
 * Keeps the answers of a relay in a log, so that readers can join an answer again: after a lost connection, a reload, or from another tab.
 *
 * ```text
 * POST   …/chat/completions      idempotency-key: m42    200, x-stream-id: m42, events with an id
 * GET    …/chat/completions/m42  last-event-id: 7        the events after 7, then those that follow; 204 if there are none
 * DELETE …/chat/completions/m42                          204; every reader gets the end of a stopped answer
 * ```
 *
 * A request with an `idempotency-key` is answered once: a second one with the same key reads the answer of the first. One with
 * another model or other messages is refused with 422. Closing the connection only leaves. A request without the header, or
 * without `stream: true`, is answered without the log.
 *
 * @param log - The log, such as {@link memoryLog}.
 * @param options - The time without a reader, and the behaviour without the log.
 * @returns The `resume` of {@link relay}.
 * @throws RangeError for a time that is not in its range.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { memoryLog, relay, resumeFrom } from 'rxjs-chat-completions/relay';
 *
 * const chat = relay({
 *   answer: ({ request, gate }) => chatCompletion$({ gate }, request),
 *   authorize: () => 'anna',
 *   allow: { models: ['llama3.2'] },
 *   resume: resumeFrom(memoryLog()),
 * });
 *
 * export { chat as GET, chat as POST, chat as DELETE };
 * ```
 */
export function resumeFrom(log: StreamLog, options: ResumeOptions = {}): LogResume {
  const { orphanMs = 60_000, batchMs = 50, mode = 'best-effort', scheduler } = options;
  const onLogError = quietHook((error: unknown) => options.onLogError?.(error));
  checkRange({ orphanMs }, 0);
  checkRange({ batchMs }, 0, MAX_DELAY);

  const writing$ = new BehaviorSubject(0);

  const read =
    (id: string, ifUnknown = logRefusal) =>
    (after: number): Observable<LogEvent> =>
      defer(() => log.read$(id, after)).pipe(
        catchError((error: unknown) => {
          throw logErrorReason(error) === 'UnknownStream' ? ifUnknown(error) : logRefusal(error);
        }),
      );

  const write = (id: string, event$: Observable<string>): ((after: number) => Observable<LogEvent>) => {
    const fromLog = read(id);
    const live$ = writeLog(event$, log, id, { orphanMs, batchMs, writing$, onLogError, scheduler });
    let isFirst = true;
    // From the writer itself until the reader is slow for the first time, then from the log.
    return (after) => {
      if (!isFirst) return fromLog(after);
      isFirst = false;
      return live$;
    };
  };

  const start: Resume['start'] = (source, { http, userId, ageMs }, request) => {
    const key = http.headers.get('idempotency-key');
    if (key === null) return of(source);
    if (!isStreamKey(key)) throw badKey();
    const id = streamId(userId, key);
    const fingerprint = fingerprintOf(request);
    const readSame = (after: number): Observable<LogEvent> =>
      read(id, withdrawn)(after).pipe(checkFingerprint(fingerprint));
    return defer(() => log.claim(id, ageMs)).pipe(
      take(1),
      replyWithin(LONGEST_REPLY_MS, scheduler),
      throwIfEmpty(),
      map((role) => {
        const read$ =
          role === 'writer' ? write(id, source.event$.pipe(withFingerprint(fingerprint))) : readSame;
        return eventsOf(key, read$, 0, scheduler);
      }),
      catchError((error: unknown) => {
        if (mode === 'required') throw unavailable(error);
        onLogError(error);
        return of(source);
      }),
    );
  };

  const stop = (id: string): Observable<Response> =>
    defer(() => log.stop(id)).pipe(
      replyWithin(LONGEST_REPLY_MS, scheduler),
      ignoreElements(),
      endWith(new Response(null, { status: 204 })),
      catchError((error: unknown) => {
        throw logRefusal(error);
      }),
    );

  const join: Resume['join'] = (key, { http, userId }) => {
    if (!isStreamKey(key)) throw unknownStream();
    const id = streamId(userId, key);
    if (http.method === 'DELETE') return stop(id);
    const after = parseCursor(http.headers.get('last-event-id'));
    if (after === undefined) throw badCursor();
    return of(eventsOf(key, read(id), after, scheduler));
  };

  return { start, join, writing$: writing$.asObservable() };
}

/** Returns the events of a stream for one reader, with their cursors. */
function eventsOf(
  key: string,
  read$: (after: number) => Observable<LogEvent>,
  after: number,
  scheduler?: SchedulerLike,
): RelayEvents {
  const gate = new ReadGate();
  return {
    event$: readLog(read$, gate, after, scheduler).pipe(map(({ number, text }) => `id: ${number}\n${text}`)),
    gate,
    headers: { 'x-stream-id': key },
  };
}
