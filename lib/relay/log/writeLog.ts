import {
  BehaviorSubject,
  catchError,
  concat,
  concatMap,
  connectable,
  defer,
  EMPTY,
  from,
  ignoreElements,
  map,
  NEVER,
  Observable,
  Subject,
  Subscription,
  switchMap,
  takeUntil,
  tap,
  throwError,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
} from 'rxjs';

import { batched } from './batched';
import { LogError, logErrorReason } from './LogError';
import type { LogEvent, StreamLog } from './StreamLog';

/** Options for {@link writeLog}. */
export interface WriteOptions {
  /** Milliseconds without a reader after which the source is stopped. */
  readonly orphanMs: number;
  /** Milliseconds for which events are collected to one append. */
  readonly batchMs: number;
  /** Called when the log fails. Nothing is appended after that. */
  readonly onLogError?: (error: unknown) => void;
  readonly scheduler?: SchedulerLike;
}

/**
 * Writes the events of a source to a claimed stream, and emits them to the first reader at the same time.
 *
 * When that reader unsubscribes, the source continues for the log: until its end, until a stop is requested, or until nothing has read
 * the log for a time. If the log fails, the source continues for the first reader alone. A source that errors before its first
 * event withdraws the claim, and the error is emitted after that.
 *
 * ```text
 * source:    ---a-b-c|
 * writeLog:  ---a-(b!)    ! = the first reader unsubscribes
 * log:       ---a-b-c|
 * ```
 *
 * @param source$ - The events. Unsubscribing stops the model.
 * @param id - The id of the stream, which this process has claimed.
 * @returns An Observable for one subscriber. It errors with reason `Orphaned` if the lease is lost, and the source is stopped.
 */
export function writeLog(
  source$: Observable<string>,
  log: StreamLog,
  id: string,
  { orphanMs, batchMs, onLogError, scheduler }: WriteOptions,
): Observable<LogEvent> {
  return new Observable<LogEvent>((reader) => {
    const run = new Subscription();
    const isRead$ = new BehaviorSubject(true);
    const detached$ = new Subject<void>();
    let isDetached = false;
    let count = 0;
    let appended = 0;

    const onFailure = (error: unknown): Observable<never> => {
      if (isDetached) return NEVER;
      isDetached = true;
      detached$.next();
      let failure: unknown = logErrorReason(error) === 'LostLease' ? new LogError('Orphaned') : undefined;
      try {
        onLogError?.(error);
      } catch (thrown) {
        failure = thrown;
      }
      if (failure !== undefined || !isRead$.value) run.unsubscribe();
      if (failure !== undefined) reader.error(failure);
      return NEVER;
    };

    const stop$ = isRead$.pipe(
      switchMap((isRead) => log.lease$(id, isRead ? Infinity : orphanMs)),
      catchError(onFailure),
      takeUntil(detached$),
    );

    const withdraw$ = defer(() => from(log.append(id, 0, [], 'withdrawn'))).pipe(
      catchError(onFailure),
      ignoreElements(),
      takeUntil(detached$),
    );

    const event$ = connectable(
      source$.pipe(
        untilStopped(stop$),
        map((text): LogEvent => ({ number: (count += 1), text })),
        catchError((error: unknown) => {
          const error$ = throwError(() => error);
          return count === 0 ? concat(withdraw$, error$) : error$;
        }),
      ),
    );

    const append = (texts: readonly string[], end?: 'ended'): Observable<unknown> =>
      defer(() => from(log.append(id, appended, texts, end))).pipe(
        tap({
          complete: () => {
            appended += texts.length;
          },
        }),
        catchError(onFailure),
      );

    const written$ = concat(
      event$.pipe(
        map(({ text }) => text),
        batched(batchMs, scheduler),
        concatMap((texts) => append(texts)),
      ),
      defer(() => append([], 'ended')),
    ).pipe(
      // Without an end the lease expires, and the readers of the log learn of it by that. The first reader has the error.
      catchError(() => EMPTY),
      takeUntil(detached$),
    );

    event$.subscribe(reader);
    run.add(written$.subscribe());
    run.add(event$.connect());
    return () => {
      isRead$.next(false);
      if (isDetached) run.unsubscribe();
    };
  });
}

/** The events that end an answer which was stopped. */
const STOPPED_EVENTS: readonly string[] = [
  'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"stopped":true}\n\n',
  'data: [DONE]\n\n',
];

/** Stops a source when a notifier emits, and ends it as a stopped answer. */
const untilStopped =
  (stop$: Observable<unknown>): MonoTypeOperatorFunction<string> =>
  (source$) =>
    defer(() => {
      let isStopped = false;
      const stopped$ = stop$.pipe(
        tap(() => {
          isStopped = true;
        }),
      );
      return concat(
        source$.pipe(takeUntil(stopped$)),
        defer(() => (isStopped ? STOPPED_EVENTS : [])),
      );
    });
