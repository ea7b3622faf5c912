import { noop, Subject, type Observable } from 'rxjs';

import type { ReadGate } from '../transport/ReadGate';

/** Characters that are buffered before the source is paused: as much as Node buffers for a socket. */
const PAUSE_AT = 16_384;

/** The most characters that are buffered of a source that ignores the gate. */
const MOST = 16 * 1024 * 1024;

/**
 * The text of a response that its reader has not taken yet.
 *
 * Pauses the source by the gate while there is much of it. Once the reader has left, nothing is kept and nothing is called.
 */
export class BodyBuffer {
  readonly #gate: ReadGate | undefined;
  /** Called when there is text to take, or at the end. */
  onChange = noop;
  readonly #cancelled = new Subject<void>();
  #text = '';
  #release: (() => void) | undefined;
  #end: 'complete' | 'broken' | undefined;
  #isIdle = true;

  constructor(gate: ReadGate | undefined) {
    this.#gate = gate;
  }

  /** Emits when the reader has left, or when too much is buffered for it. */
  get cancelled$(): Observable<void> {
    return this.#cancelled.asObservable();
  }

  get isEmpty(): boolean {
    return this.#text === '';
  }

  /** The end of the text, once all of it is taken. `broken`: it is incomplete. */
  get end(): 'complete' | 'broken' | undefined {
    return this.isEmpty ? this.#end : undefined;
  }

  add(text: string): void {
    this.#text += text;
    this.#isIdle = false;
    this.onChange();
    // What a reader takes at once, however long, need not pause the source.
    if (this.#text.length > PAUSE_AT) this.#release ??= this.#gate?.hold();
    if (this.#text.length <= MOST) return;
    this.#stop();
    this.onChange();
  }

  /** Whether nothing was added since the last call, and nothing waits for the reader. */
  takeIsIdle(): boolean {
    const isIdle = this.#isIdle && this.isEmpty;
    this.#isIdle = true;
    return isIdle;
  }

  /** Writes and removes the buffered text. */
  flush(write: (text: string) => void): void {
    const text = this.#text;
    this.#text = '';
    if (text !== '') write(text);
    const release = this.#release;
    this.#release = undefined;
    release?.(); // May add more at once.
  }

  complete(): void {
    this.#end ??= 'complete';
    this.onChange();
  }

  /** Stops the source, because the reader has left. */
  cancel(): void {
    this.onChange = noop;
    this.#stop();
  }

  #stop(): void {
    this.#end ??= 'broken';
    this.#cancelled.next(); // Before the gate opens.
    this.flush(noop);
  }
}
