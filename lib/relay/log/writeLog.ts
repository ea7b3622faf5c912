import {
  BehaviorSubject,
  catchError,
  concat,
  concatMap,
  connectable,
  defer,
  EMPTY,
  filter,
  finalize,
  from,
  ignoreElements,
  map,
  Observable,
  Subscription,
  switchMap,
  takeUntil,
  tap,
  throwError,
  type MonoTypeOperatorFunction,
  type ObservableInput,
  type SchedulerLike,
} from 'rxjs';

import { batched } from '../batched';
import { logErrorReason } from './LogError';
import { logRefusal } from './logRefusal';
import { LONGEST_REPLY_MS, replyWithin } from './replyWithin';
import type { LogEnd, LogEvent, StreamLog } from './StreamLog';

/** Options for {@link writeLog}. */
export interface WriteOptions {
  /** Milliseconds without a reader after which the source is stopped. */
  readonly orphanMs: number;
  /** Milliseconds for which events are collected to one append. */
  readonly batchMs: number;
  /** The number of streams that are written. */
  readonly writing$: BehaviorSubject<number>;
  /** Called when the log fails. Nothing is appended after that. It must not throw. */
  readonly onLogError: (error: unknown) => void;
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
 * @returns An Observable for one subscriber. It errors with a `RelayError` if the lease is lost, and the source is stopped.
 */
export const writeLog = (
  source$: Observable<string>,
  log: StreamLog,
  id: string,
  { orphanMs, batchMs, writing$, onLogError, scheduler }: WriteOptions,
): Observable<LogEvent> =>
  new Observable<LogEvent>((reader) => {
    const run = new Subscription();
    const isRead$ = new BehaviorSubject(true);
    const isAttached$ = new BehaviorSubject(true);
    const detached$ = isAttached$.pipe(filter((isAttached) => !isAttached));

    const detach = (error: unknown): Observable<never> => {
      isAttached$.next(false);
      onLogError(error);
      if (!isRead$.value) run.unsubscribe();
      if (logErrorReason(error) === 'LostLease') reader.error(logRefusal(error));
      return EMPTY;
    };

    /** Uses the log until it fails for the first time. After that, completes at once. */
    const withLog = <T>(use: () => ObservableInput<T>): Observable<T> =>
      defer(use).pipe(catchError(detach), takeUntil(detached$));

    const stop$ = isRead$.pipe(
      switchMap((isRead) => withLog(() => log.lease$(id, isRead ? Infinity : orphanMs))),
    );

    const append = (after: number, texts: readonly string[], end?: LogEnd): Observable<unknown> =>
      withLog(() => {
        const ms = end === 'withdrawn' ? LONGEST_REPLY_MS : LONGEST_APPEND_MS;
        return from(log.append(id, after, texts, end)).pipe(replyWithin(ms, scheduler));
      });

    let count = 0;
    const event$ = connectable(
      source$.pipe(
        untilStopped(stop$),
        map((text): LogEvent => ({ number: (count += 1), text })),
        catchError((error: unknown) => {
          const failed$ = throwError(() => error);
          return count > 0 ? failed$ : concat(append(0, [], 'withdrawn').pipe(ignoreElements()), failed$);
        }),
      ),
    );

    const written$ = concat(
      event$.pipe(
        batched(batchMs, scheduler),
        concatMap((events) => append((events[0]?.number ?? 1) - 1, events.map(textOf))),
      ),
      defer(() => append(count, [], 'ended')),
    ).pipe(
      // Without an end the lease expires, and the readers of the log learn of it by that. The first reader has the error.
      catchError(() => EMPTY),
      counted(writing$),
      takeUntil(detached$),
    );

    event$.subscribe(reader);
    run.add(written$.subscribe());
    run.add(event$.connect());
    return () => {
      isRead$.next(false);
      if (!isAttached$.value) run.unsubscribe();
    };
  });

/** Milliseconds that an append may take, for which no reader waits. */
const LONGEST_APPEND_MS = 60_000;

const textOf = ({ text }: LogEvent): string => text;

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

/** Adds 1 to a number while the source is subscribed to. */
const counted =
  <T>(count$: BehaviorSubject<number>): MonoTypeOperatorFunction<T> =>
  (source$) =>
    defer(() => {
      count$.next(count$.value + 1);
      return source$.pipe(finalize(() => count$.next(count$.value - 1)));
    });
