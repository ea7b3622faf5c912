import {
  defaultIfEmpty,
  defer,
  ignoreElements,
  map,
  of,
  take,
  type Observable,
  type ObservableInput,
} from 'rxjs';

import { inputOf } from '../rx/inputOf';

/**
 * A place for the JSON text of a conversation: `localStorage`, IndexedDB, a server.
 *
 * Both functions may be synchronous, and may throw. They are called as methods, so an instance of a class works too. Use the same
 * object for the same place: {@link persisted} loads from it once the last write of an earlier conversation has ended. A load or a
 * write that may hang needs a time limit, such as RxJS's `timeout`: what comes after waits for it.
 */
export interface ConversationStorage {
  /**
   * Returns the text exactly as it was saved: a database must not reformat the JSON. An empty text, `null`, `undefined` or no value if
   * there is none.
   */
  readonly load: () => ObservableInput<string | null | undefined> | string | null | undefined;
  /** Replaces the stored text. The write has ended when the result completes. */
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- `setItem` returns nothing
  readonly save: (text: string) => ObservableInput<unknown> | undefined | void;
}

/** Emits the stored text, or `null`. */
export const loadText$ = (storage: ConversationStorage): Observable<string | null> =>
  defer(() => inputOf(storage.load())).pipe(
    take(1),
    defaultIfEmpty(null),
    map((text) => text || null),
  );

/** Writes the text, and completes. */
export const saveText$ = (storage: ConversationStorage, text: string): Observable<never> =>
  defer(() => storage.save(text) ?? of(null)).pipe(ignoreElements());
