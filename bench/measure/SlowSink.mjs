import { setTimeout as wait } from 'node:timers/promises';

import { Sink } from './sink.mjs';

/** A consumer that waits for `ms` after a number of chunks. */
export class SlowSink extends Sink {
  #pause;
  #onPause;

  /** @param onPause - Called before each pause with the number of chunks consumed. */
  constructor(pause, onPause) {
    super();
    this.#pause = pause;
    this.#onPause = onPause;
  }

  add(text) {
    super.add(text);
    if (this.chunks % this.#pause.every !== 0) return undefined;
    this.#onPause(this.chunks);
    return wait(this.#pause.ms);
  }
}
