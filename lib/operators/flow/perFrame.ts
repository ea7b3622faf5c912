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

/** Length of a frame in milliseconds where there is no screen: 60 frames a second. */
const FRAME_MS = 16;

/** Longest wait for a frame in milliseconds: a hidden tab has none, but its title is still visible. */
const NO_FRAME_MS = 250;

/** Options for {@link perFrame}. */
export interface PerFrameOptions {
  /**
   * Emits at every frame; subscribed to while a value waits to be rendered. Default: the browser's animation frames;
   * a timer when none fires for 250 ms, as in a hidden tab; every 16 ms where they do not exist, as in Node.
   */
  readonly frame$?: Observable<unknown>;
  /** Schedules the timers that replace missing frames. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Emits at most one value per animation frame: the latest.
 *
 * A model may emit a hundred times a second, and a screen shows sixty frames. The last value is never lost: completion
 * and error flush it at once, while `auditTime`, `sampleTime` and `throttleTime` drop it at an error. In virtual time
 * `animate` makes the frames.
 *
 * ```text
 * source:     -abc--d#
 * frames:     ----x---x
 * perFrame(): ----c--(d#)
 * ```
 *
 * Put it below the folds and `toChatState`, directly above the code that renders. Above a fold it drops text; see
 * {@link accumulateContent}.
 *
 * @param options - The frames, and a scheduler.
 * @returns An operator that errors as the source or `frame$` does, after the latest value.
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
  return flushOn(frame$, latest<T>);
}

/** Races a frame against a timer each time: a tab may be hidden at any moment. */
const screenFrames = (scheduler: SchedulerLike): Observable<unknown> =>
  race(
    // Errors where they do not exist: in Node, and in virtual time without `animate`.
    animationFrames().pipe(catchError(() => timer(FRAME_MS, scheduler))),
    timer(NO_FRAME_MS, scheduler),
  ).pipe(take(1), repeat());

/** Returns a buffer that holds the last value received until it is emitted. */
function latest<T>(): Buffer<T> {
  let pending: readonly T[] = [];
  const take = (): readonly T[] => {
    const taken = pending;
    pending = [];
    return taken;
  };
  return { add: (value) => (pending = [value]), take, remaining: take };
}
