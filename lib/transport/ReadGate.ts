import { filter, map, Subject, type Observable } from 'rxjs';

/**
 * Lets a consumer hold back the next read of a body, all the way down to the socket.
 *
 * An Observable pushes: what a slow consumer has not got to piles up in memory. A gate given to the config is asked
 * before every read, so nothing is read that nobody is ready for; the server meets a full socket and waits.
 * {@link concatMapGated} and {@link toAsyncIterable} turn the gate they are given.
 *
 * A gate is for one stream at a time: held for one, it holds every stream that was given it. The default transport asks
 * it; a transport of your own may not.
 *
 * @example Chunks are stored one after the other, and read no faster
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
  readonly #turned = new Subject<boolean>();
  #holds = 0;

  /** Whether the next read may be made. */
  get isOpen(): boolean {
    return this.#holds === 0;
  }

  /** Emits whether the gate is open, each time it turns. */
  get isOpen$(): Observable<boolean> {
    return this.#turned.asObservable();
  }

  /** Emits each time the gate opens. */
  get opened$(): Observable<void> {
    return this.#turned.pipe(
      filter((isOpen) => isOpen),
      map(() => undefined),
    );
  }

  /**
   * Holds the next read back.
   *
   * @returns Lets go of this hold; the gate opens with the last one. Calling it again does nothing.
   */
  hold(): () => void {
    let held = true;
    this.#holds += 1;
    if (this.#holds === 1) this.#turned.next(false);
    return () => {
      if (!held) return;
      held = false;
      this.#holds -= 1;
      if (this.#holds === 0) this.#turned.next(true);
    };
  }
}
