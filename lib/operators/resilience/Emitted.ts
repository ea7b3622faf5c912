import { identity, type MonoTypeOperatorFunction } from 'rxjs';

import { isOutput } from './isOutput';
import { startWithRestart } from './startWithRestart';

/** The values that the attempts at an answer have emitted so far, as far as another attempt depends on them. */
export class Emitted {
  #last: unknown;
  #isEmpty = true;
  #hasOutput = false;

  get hasOutput(): boolean {
    return this.#hasOutput;
  }

  add(value: unknown): void {
    this.#last = value;
    this.#isEmpty = false;
    this.#hasOutput ||= isOutput(value);
  }

  /** Returns the operator for another attempt: it marks a restart, unless there is nothing that a fold could drop. */
  restarting<T>(attempt: number): MonoTypeOperatorFunction<T> {
    return this.#isEmpty ? identity : startWithRestart(this.#last, attempt);
  }
}
