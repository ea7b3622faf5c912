import { concatMap, defer, finalize, from, tap, type ObservableInput, type OperatorFunction } from 'rxjs';

import type { ReadGate } from '../../transport/ReadGate';

/**
 * Does one thing after the other for each value, and lets nothing more be read meanwhile.
 *
 * Like `concatMap`, whose buffer grows for as long as the work is slower than the model; here it holds no more than
 * the read at hand. No value is lost, and none is merged with another.
 *
 * @param project - The work for one value; the next begins when it completes.
 * @param gate - The one that was given to the config.
 * @returns An operator that emits what the work emits, and errors as the source or the work does. Unsubscribing lets go of
 * both.
 *
 * @example Every piece is written before the next is read
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
      return value$.pipe(
        tap(() => {
          if (waiting === 0) release = gate.hold();
          waiting += 1;
        }),
        concatMap((value) =>
          defer(() => from(project(value))).pipe(
            finalize(() => {
              waiting -= 1;
              if (waiting === 0) release();
            }),
          ),
        ),
        finalize(() => release()),
      );
    });
}
