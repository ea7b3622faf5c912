import { defer, first, ignoreElements, map, type Observable } from 'rxjs';

import { RequestError } from '../errors';
import { valuesOf, type ValueOrStream } from '../rx/valuesOf';

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
  readonly load: () => ValueOrStream<string | null | undefined>;
  /** Replaces the stored text. If the result is a promise or another stream, the write has ended when that completes. */
  readonly save: (text: string) => unknown;
}

/** Emits the stored text, or `null`. Errors at anything else: many databases return parsed JSON. */
export const loadText$ = (storage: ConversationStorage): Observable<string | null> =>
  defer(() => valuesOf<unknown>(storage.load())).pipe(
    first(null, null),
    map((text) => {
      if (typeof (text ?? '') !== 'string')
        throw new RequestError('load must return the saved text, not parsed JSON');
      return (text as string) || null;
    }),
  );

/** Writes the text, and completes. */
export const saveText$ = (storage: ConversationStorage, text: string): Observable<never> =>
  defer(() => valuesOf(storage.save(text))).pipe(ignoreElements());
