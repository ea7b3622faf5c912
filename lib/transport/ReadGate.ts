import { Subject, type Observable } from 'rxjs';

/**
 * Pauses the reads of a body, which applies backpressure down to the socket.
 *
 * An Observable pushes, so values that a slow consumer has not handled fill the memory. The transport checks the gate of
 * the config before it emits a read. While the gate is closed no more is read than one buffer ahead, the socket fills up, and the
 * server waits. If the connection breaks meanwhile, what was read is emitted before the error. `fetch` discards the rest of what
 * has arrived, `nodeTransport()` emits it.
 * {@link concatMapGated} and {@link toAsyncIterable} close and open the gate that you pass to them.
 *
 * Use one gate for one stream: a closed gate pauses every stream that has it. The default transport supports gates;
 * a transport of your own may not.
 *
 * @example Store chunks one after the other, and read no faster
 * ```ts
 * import { of } from 'rxjs';
 * import { chatCompletion$, concatMapGated, orFail, ReadGate } from 'rxjs-chat-completions';
 *
 * const gate = new ReadGate();
 * chatCompletion$({ gate }, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(orFail(), concatMapGated((chunk) => of(chunk), gate))
 *   .subscribe();
 * ```
 */
export class ReadGate {
  readonly #changes = new Subject<boolean>();
  #holds = 0;

  /** Whether the next read may be made. */
  get isOpen(): boolean {
    return this.#holds === 0;
  }

  /** Emits whether the gate is open, at each change. */
  get isOpen$(): Observable<boolean> {
    return this.#changes.asObservable();
  }

  /**
   * Pauses reading.
   *
   * @returns A function that releases this hold. The gate opens when the last hold is released. A second call does nothing.
   */
  hold(): () => void {
    let held = true;
    this.#holds += 1;
    if (this.#holds === 1) this.#changes.next(false);
    return () => {
      if (!held) return;
      held = false;
      this.#holds -= 1;
      if (this.#holds === 0) this.#changes.next(true);
    };
  }
}
