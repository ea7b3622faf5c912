import type { Observable } from 'rxjs';

import { Queue } from '../../rx/Queue';
import type { ReadGate } from '../../transport/ReadGate';

/**
 * Converts an Observable to an iterable for `for await`, read only as fast as the loop requests values.
 *
 * With the gate of the config nothing is read ahead: at most the current read is buffered. Leaving the loop early, by
 * `break`, `return` or an exception, unsubscribes, which aborts the request. Subscribes when the loop starts; each loop
 * sends its own request.
 *
 * @param value$ - Chunks, or the output of operators.
 * @param gate - The gate that was passed in the config. Without it, values that arrive faster than the loop takes them are
 * buffered.
 * @returns An iterable that throws the error of `value$` after all values before it.
 *
 * @example
 * ```ts
 * import { chatCompletion$, contentDeltas, ReadGate, toAsyncIterable } from 'rxjs-chat-completions';
 *
 * const gate = new ReadGate();
 * const text$ = chatCompletion$({ gate }, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   contentDeltas(),
 * );
 * for await (const text of toAsyncIterable(text$, gate)) console.log(text);
 * ```
 */
export function toAsyncIterable<T>(value$: Observable<T>, gate?: ReadGate): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => iterate(value$, gate) };
}

/** End of an iteration; `undefined` before it. */
type End = { readonly error: unknown } | 'complete' | undefined;

/** Promise of a value that has been requested and not yet received. */
interface PendingNext<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

function iterate<T>(value$: Observable<T>, gate: ReadGate | undefined): AsyncIterableIterator<T, unknown> {
  const values = new Queue<T>();
  const pending = new Queue<PendingNext<T>>();
  let end: End;
  let release: (() => void) | undefined;

  /** Settles pending requests with what has been received; holds the gate while none is pending. */
  const settle = (): void => {
    while (pending.length > 0 && (values.length > 0 || end !== undefined)) {
      const next = pending.shift();
      if (values.length > 0) {
        next?.resolve({ done: false, value: values.shift() as T });
      } else if (end === 'complete') {
        next?.resolve({ done: true, value: undefined });
      } else {
        next?.reject(end?.error);
        // An error is thrown once; a later request finds the end.
        end = 'complete';
      }
    }
    if (pending.length === 0 && end === undefined) {
      release ??= gate?.hold();
    } else {
      // Opening the gate may emit at once, and hold it again.
      const open = release;
      release = undefined;
      open?.();
    }
  };

  settle();
  const subscription = value$.subscribe({
    next: (value) => {
      values.push(value);
      settle();
    },
    error: (error: unknown) => {
      end = { error };
      settle();
    },
    complete: () => {
      end = 'complete';
      settle();
    },
  });

  return {
    next: () =>
      new Promise((resolve, reject) => {
        pending.push({ resolve, reject });
        settle();
      }),
    return: async (value) => {
      subscription.unsubscribe();
      end = 'complete';
      values.clear();
      settle();
      return { done: true, value: await value };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
