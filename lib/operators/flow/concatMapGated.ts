import {
  defer,
  finalize,
  from,
  tap,
  type Observable,
  type ObservableInput,
  type OperatorFunction,
} from 'rxjs';

import { concatMapDelayError } from '../../rx/concatMapDelayError';
import type { ReadGate } from '../../transport/ReadGate';

/**
 * Like `concatMap`, but pauses reading from the network while a projected Observable is active.
 *
 * The buffer of `concatMap` grows while the work is slower than the model. Here it holds at most the values of
 * the current read. No value is lost or merged with another: an error of the source waits for the work of the values before
 * it. Unsubscribing cancels at once.
 *
 * ```text
 * source:                        -ab---#
 * project(a):                     ---(x|)
 * project(b):                        ---(y|)
 * concatMapGated(project, gate): ----x--(y#)
 * ```
 *
 * @param project - Returns the work for one value; the next starts when it completes.
 * @param gate - The gate that was passed in the config.
 * @returns An operator that emits the values of the work, and errors as the source or the work does. Unsubscribing cancels
 * both.
 *
 * @example Write each delta before the next is read
 * ```ts
 * import { chatCompletion$, contentDeltas, concatMapGated, ReadGate } from 'rxjs-chat-completions';
 *
 * const write = (text: string): Promise<void> => Promise.resolve(console.log(text));
 * const gate = new ReadGate();
 * chatCompletion$({ gate }, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(contentDeltas(), concatMapGated(write, gate))
 *   .subscribe();
 * ```
 */
export function concatMapGated<T, R>(
  project: (value: T) => ObservableInput<R>,
  gate: ReadGate,
): OperatorFunction<T, R> {
  return (value$) =>
    defer(() => {
      let waiting = 0;
      let release = (): void => undefined;
      const workFor = (value: T): Observable<R> =>
        defer(() => from(project(value))).pipe(
          finalize(() => {
            waiting -= 1;
            if (waiting === 0) release();
          }),
        );
      return value$.pipe(
        tap(() => {
          if (waiting === 0) release = gate.hold();
          waiting += 1;
        }),
        concatMapDelayError(workFor),
        finalize(() => release()),
      );
    });
}
