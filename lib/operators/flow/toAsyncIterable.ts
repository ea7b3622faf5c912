import type { Observable } from 'rxjs';

import type { ReadGate } from '../../transport/ReadGate';

/**
 * The values of an Observable for a `for await` loop, read only as the loop asks for them.
 *
 * With the gate of the config nothing is read ahead: at most the read at hand is held. Leaving the loop early, by `break`,
 * `return` or an exception, unsubscribes, which aborts the request. Subscribes when the loop begins; each loop sends its
 * own request.
 *
 * @param value$ - Chunks, or what operators made of them.
 * @param gate - The one that was given to the config. Without it what comes faster than the loop goes is held.
 * @returns An iterable that throws the error of `value$` when all before it has been taken.
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

/** How an iteration ended, if it has. */
type End = { readonly error: unknown } | 'complete' | undefined;

/** Who has asked for the next value and waits for it. */
interface Taker<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

function iterate<T>(value$: Observable<T>, gate: ReadGate | undefined): AsyncIterator<T, undefined> {
  const values: T[] = [];
  const takers: Array<Taker<T>> = [];
  let end: End;
  let release: (() => void) | undefined;

  /** Gives what there is to those who wait; with nobody waiting the gate is held. */
  const settle = (): void => {
    while (takers.length > 0 && (values.length > 0 || end !== undefined)) {
      const taker = takers.shift();
      if (values.length > 0) {
        taker?.resolve({ done: false, value: values.shift() as T });
      } else if (end === 'complete') {
        taker?.resolve({ done: true, value: undefined });
      } else {
        taker?.reject(end?.error);
        // An error is thrown once; whoever asks again is told that this is the end.
        end = 'complete';
      }
    }
    if (takers.length === 0 && end === undefined) {
      release ??= gate?.hold();
    } else {
      release?.();
      release = undefined;
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
        takers.push({ resolve, reject });
        settle();
      }),
    return: () => {
      subscription.unsubscribe();
      end = 'complete';
      values.length = 0;
      settle();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}
