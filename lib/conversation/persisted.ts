import { chainW, getOrElse } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import {
  asyncScheduler,
  catchError,
  concat,
  concatMap,
  connect,
  defer,
  EMPTY,
  filter,
  finalize,
  ignoreElements,
  map,
  merge,
  NEVER,
  of,
  tap,
  type MonoTypeOperatorFunction,
  type Observable,
  type OperatorFunction,
  type SchedulerLike,
} from 'rxjs';

import { fieldsOf, isRecord } from '../codec/isRecord';
import { requireFunction } from '../codec/require';
import { parse } from '../decode/parse';
import { callIsolated } from '../rx/callIsolated';
import type { ConversationCommand } from './ConversationCommand';
import { conversationFrom } from './conversationFrom';
import { emptyConversation, type ConversationState } from './ConversationState';
import { loadText$, type ConversationStorage } from './ConversationStorage';
import { reduceConversation } from './reduceConversation';
import { lastWrite$, saveLatest, writeDetached } from './saveLatest';

/** Options for {@link persisted}. */
export interface PersistOptions {
  /**
   * Receives the error of a load or a write. An error that it throws is reported as unhandled, and the conversation continues.
   *
   * After a failed load the conversation starts empty and is not saved, so the stored one is not overwritten: for the JSON of
   * another version too, a `SchemaMismatch`. After a failed write the next change is written again. A `StorageConflict` ends
   * the writes.
   */
  readonly onError: (error: unknown) => void;
  /** Milliseconds in which changes are collected before a write; `Infinity` until a flush or the end. Default 1,000. */
  readonly everyMs?: number;
  /**
   * Writes the collected changes at once when it emits, such as `fromEvent(window, 'pagehide')`: a page that is reloaded
   * unsubscribes from nothing. Must not error. Default: never emits.
   */
  readonly flush$?: Observable<unknown>;
  /** Schedules the writes. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Loads a conversation, continues it, and saves its changes.
 *
 * Commands that arrive during a slow load wait for it. If the conversation is unsubscribed from before the end of the load, it is
 * loaded once more to save them, and their answer is not requested.
 *
 * Writes are coalesced: one at a time, of the latest state. The last state is written at completion, and when it is
 * unsubscribed from. A write compares the stored text first and does not overwrite changes of another tab, as far as a storage
 * without transactions allows. Of audio only the transcript is stored.
 *
 * ```text
 * source:             s-----------|      s = send
 * load:               --L|               L = the stored text
 * persisted(storage): --(lw)-a-b--|      l = loaded, w = waiting, a, b = streaming
 * save:               -------W----W      W = a write, after `everyMs` and at the end
 * ```
 *
 * @param storage - Two functions, synchronous or not.
 * @param start - Creates the operator of the conversation that was loaded.
 * @param options - A callback for errors, the time between writes, a trigger for early ones, and a scheduler.
 * @returns An operator that emits the states of the conversation once it is loaded. Errors as the operator of `start` does.
 * @throws RequestError if `onError` is not a function.
 *
 * @example
 * ```ts
 * import { fromEvent, type Subject } from 'rxjs';
 * import {
 *   conversation,
 *   localStorageOf,
 *   persisted,
 *   type AnswerFunction,
 *   type ConversationCommand,
 * } from 'rxjs-chat-completions/conversation';
 *
 * export const saved = (command$: Subject<ConversationCommand>, answer: AnswerFunction) =>
 *   command$.pipe(
 *     persisted(localStorageOf('chat'), (from) => conversation({ answer, from }), {
 *       onError: console.warn,
 *       flush$: fromEvent(window, 'pagehide'),
 *     }),
 *   );
 * ```
 */
export function persisted(
  storage: ConversationStorage,
  start: (from: ConversationState) => OperatorFunction<ConversationCommand, ConversationState>,
  options: PersistOptions,
): OperatorFunction<ConversationCommand, ConversationState> {
  requireFunction(
    fieldsOf(options)['onError'],
    'onError must be a function: it receives failed loads and writes',
  );
  const { everyMs = 1_000, flush$ = NEVER, scheduler = asyncScheduler } = options;
  const onError = (error: unknown): void => callIsolated(() => options.onError(error));
  return (command$) =>
    defer(() => {
      const early: ConversationCommand[] = [];
      let isLoaded = false;
      const save = (text: string | null): MonoTypeOperatorFunction<ConversationState> =>
        saveLatest({ storage, text, onError, everyMs, flush$, scheduler });
      return command$.pipe(
        filter((command) => isRecord(command)),
        tap((command) => {
          if (!isLoaded) early.push(command);
        }),
        connect((shared$) =>
          loaded$(storage, onError).pipe(
            concatMap(({ state, text }) => {
              isLoaded = true;
              // The live commands first: a subscriber may send one while the early ones are replayed.
              const state$ = merge(shared$, early.splice(0)).pipe(start(state));
              return text === undefined ? state$ : state$.pipe(save(text));
            }),
          ),
        ),
        finalize(() => {
          if (isLoaded || early.every(({ type }) => type === 'stop')) return;
          const saved$ = loaded$(storage, onError).pipe(
            concatMap(({ state, text }) =>
              text === undefined
                ? EMPTY
                : of(state, early.reduce(reduceConversation, state)).pipe(save(text)),
            ),
            catchError((error: unknown) => {
              onError(error);
              return EMPTY;
            }),
          );
          writeDetached(storage, saved$.pipe(ignoreElements()));
        }),
      );
    });
}

/** A loaded conversation, and its text; without a text if it could not be loaded. */
interface Loaded {
  readonly state: ConversationState;
  readonly text?: string | null;
}

const loaded$ = (storage: ConversationStorage, onError: (error: unknown) => void): Observable<Loaded> =>
  concat(lastWrite$(storage), loadText$(storage)).pipe(
    map((text): Loaded => ({ state: text ? restored(text) : emptyConversation, text })),
    catchError((error: unknown) => {
      onError(error);
      return of<Loaded>({ state: emptyConversation });
    }),
  );

/** @throws BadJson or SchemaMismatch. */
const restored = (text: string): ConversationState =>
  pipe(
    parse(text),
    chainW(conversationFrom),
    getOrElse((error): ConversationState => {
      throw error;
    }),
  );
