import {
  AsyncSubject,
  catchError,
  concat,
  concatMap,
  connect,
  defer,
  EMPTY,
  exhaustMap,
  expand,
  finalize,
  ignoreElements,
  merge,
  NEVER,
  of,
  ReplaySubject,
  skip,
  take,
  tap,
  throwError,
  timer,
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerLike,
} from 'rxjs';

import { StorageConflict } from '../errors';
import { isFiniteDelay } from '../rx/isFiniteDelay';
import type { ConversationState } from './ConversationState';
import { loadText$, saveText$, type ConversationStorage } from './ConversationStorage';
import { storedForm } from './storedForm';

/** Options for {@link saveLatest}. */
interface SaveOptions {
  readonly storage: ConversationStorage;
  /** The text in the storage. */
  readonly text: string | null;
  /** Must not throw. */
  readonly onError: (error: unknown) => void;
  readonly everyMs: number;
  readonly flush$: Observable<unknown>;
  readonly scheduler: SchedulerLike;
}

/** The writes that have outlived their subscriber. */
const lastWrites = new WeakMap<ConversationStorage, Observable<never>>();

/** Completes once no write is left of a conversation that was closed: a load before would miss its end. */
export const lastWrite$ = (storage: ConversationStorage): Observable<never> =>
  defer(() => lastWrites.get(storage) ?? EMPTY);

/** Begins a write that outlives its subscriber, and that the next load waits for. */
export const writeDetached = (storage: ConversationStorage, write$: Observable<never>): void =>
  void lastWrites.set(storage, detached(write$));

/** Saves the latest state, one write at a time. The first state is the stored one. */
export function saveLatest({
  storage,
  text,
  onError,
  everyMs,
  flush$,
  scheduler,
}: SaveOptions): MonoTypeOperatorFunction<ConversationState> {
  return (state$) =>
    defer(() => {
      const set$ = compareAndSet(storage, text);
      let latest: ConversationState | undefined;
      /** The states whose write has begun, and has ended or failed. */
      let begun: ConversationState | undefined;
      let settled: ConversationState | undefined;
      let hasConflict = false;
      const end$ = new ReplaySubject<void>(1);
      const write$ = defer(() => {
        const state = (begun = latest);
        const attempt$ = hasConflict ? EMPTY : defer(() => set$(JSON.stringify(state && storedForm(state))));
        return attempt$.pipe(
          catchError((error: unknown) => {
            hasConflict = error instanceof StorageConflict;
            onError(error);
            return EMPTY;
          }),
          tap({ complete: () => (settled = state) }),
        );
      });
      /** Emits nothing, and completes when the write in flight has ended. */
      let inFlight$: Observable<never> = EMPTY;
      const begin$ = defer(() => (inFlight$ = detached(write$)));

      /** Collects changes for a while, until a flush or until the end, and writes them. */
      const cycle$ = merge(end$, isFiniteDelay(everyMs) ? timer(everyMs, scheduler) : NEVER, flush$).pipe(
        take(1),
        concatMap(() => concat(begin$, of(null))),
      );
      const writes$ = cycle$.pipe(expand(() => (latest === begun ? EMPTY : cycle$)));

      return state$.pipe(
        tap({ complete: () => end$.next() }),
        connect((shared$) =>
          merge(
            // First: a subscriber may change the conversation while it receives a state.
            shared$.pipe(
              skip(1),
              tap((state) => (latest = state)),
              exhaustMap(() => writes$),
              ignoreElements(),
            ),
            shared$,
          ),
        ),
        finalize(() => {
          const rest$ = defer(() => (latest === settled ? EMPTY : write$));
          if (latest !== settled) writeDetached(storage, concat(inFlight$, rest$));
        }),
      );
    });
}

/**
 * Creates a function that replaces the stored text, unless another tab has replaced it.
 *
 * @param text - The text in the storage.
 * @returns A function whose result errors with {@link StorageConflict} if the storage holds any other text.
 */
function compareAndSet(
  storage: ConversationStorage,
  text: string | null,
): (next: string) => Observable<never> {
  /** The texts that the storage may hold: the last one, and one whose write has not ended. */
  let stored = text;
  let attempted = text;
  return (next) =>
    loadText$(storage).pipe(
      concatMap((found) => {
        if (found !== stored && found !== attempted) return throwError(() => new StorageConflict());
        attempted = next;
        return saveText$(storage, next).pipe(tap({ complete: () => (stored = next) }));
      }),
    );
}

/** Begins a write that outlives its subscriber: most storages cannot cancel one, and a later one must not overtake it. */
function detached(write$: Observable<never>): Observable<never> {
  const ended$ = new AsyncSubject<never>();
  write$.subscribe(ended$);
  return ended$;
}
