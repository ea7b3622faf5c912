import {
  animationFrames,
  asyncScheduler,
  catchError,
  race,
  repeat,
  take,
  timer,
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerLike,
} from 'rxjs';

import { flushOn, type Buffer } from '../../rx/flushOn';

/** A frame in milliseconds where there is no screen: that of one that is drawn sixty times a second. */
const FRAME_MS = 16;

/** How long a frame is waited for, in milliseconds: a hidden tab has none, and its title still wants the news. */
const NO_FRAME_MS = 250;

/** What {@link perFrame} can be told. */
export interface PerFrameOptions {
  /**
   * Emits at every frame; subscribed to while something waits to be shown. Default: the browser's animation frames,
   * and where none comes for 250 ms, as in a hidden tab, a timer; every 16 ms where there are none at all, as in Node.
   */
  readonly frame$?: Observable<unknown>;
  /** Times what stands in for missing frames. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * At most one value a frame of the screen: the latest.
 *
 * For whatever draws: a model may write a hundred times a second, and a screen is seen sixty times. The last value is
 * never lost: completion and error bring it along at once, which `auditTime`, `sampleTime` and `throttleTime` do not do
 * at an error. In virtual time `animate` makes the frames.
 *
 * ```text
 * source:     -ab-c--d#
 * frames:     ----x---x---x
 * perFrame(): ----c---(d#)
 * ```
 *
 * @param options - What a frame is.
 * @returns An operator that errors as the source does, and as `frame$` does; the latest value comes first.
 *
 * @example
 * ```ts
 * import { accumulateContent, chatCompletion$, perFrame } from 'rxjs-chat-completions';
 *
 * const cell = { textContent: '' };
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(accumulateContent(), perFrame())
 *   .subscribe((text) => (cell.textContent = text));
 * ```
 */
export function perFrame<T>({
  scheduler = asyncScheduler,
  frame$ = screenFrames(scheduler),
}: PerFrameOptions = {}): MonoTypeOperatorFunction<T> {
  return flushOn(frame$, () => new Latest<T>());
}

/** Each frame is waited for anew: a tab may be hidden at any time. */
const screenFrames = (scheduler: SchedulerLike): Observable<unknown> =>
  race(
    // Fails where there are none: in Node, and in virtual time without `animate`.
    animationFrames().pipe(catchError(() => timer(FRAME_MS, scheduler))),
    timer(NO_FRAME_MS, scheduler),
  ).pipe(take(1), repeat());

/** The last value that came, until it is passed on. */
class Latest<T> implements Buffer<T> {
  #unseen: readonly T[] = [];

  add(value: T): void {
    this.#unseen = [value];
  }

  take(): readonly T[] {
    const latest = this.#unseen;
    this.#unseen = [];
    return latest;
  }

  remaining(): readonly T[] {
    return this.take();
  }
}
