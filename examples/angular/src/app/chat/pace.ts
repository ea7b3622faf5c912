import { isRight } from 'fp-ts/Either';
import {
  bufferTime,
  connect,
  defer,
  filter,
  ignoreElements,
  map,
  merge,
  scan,
  tap,
  timestamp,
  type MonoTypeOperatorFunction,
  type OperatorFunction,
} from 'rxjs';
import { perFrame, type ChatCompletionChunk, type Decoded } from 'rxjs-chat-completions';

import { kindOf } from '../inspector/kind';

/** How an answer comes along. The library's `tapMetrics` tells at the end; this is for those who watch. */
export interface Pace {
  /** Since it was asked for, in milliseconds. */
  readonly elapsedMs: number;
  /** One for each chunk that brought a piece; the server's own count comes last. */
  readonly tokens: number;
  /** Tokens a second, a number for each quarter of a second from the first token on. */
  readonly rates: readonly number[];
  /** When the model began to think, and when to write, in milliseconds since it was asked. */
  readonly thoughtAt: number | null;
  readonly wroteAt: number | null;
}

/** How often it is told, in milliseconds. */
const TOLD_EVERY_MS = 250;

const NOTHING: Pace = { elapsedMs: 0, tokens: 0, rates: [], thoughtAt: null, wroteAt: null };

/** Passes everything on, and tells the pace meanwhile, silence included; together with a frame, so that a page is drawn once. */
export const pacing =
  (tell: (pace: Pace) => void): MonoTypeOperatorFunction<Decoded<ChatCompletionChunk>> =>
  (decoded$) =>
    decoded$.pipe(
      connect((shared$) => merge(shared$, shared$.pipe(toPace(), perFrame(), tap(tell), ignoreElements()))),
    );

/** @param clock - In milliseconds. */
export const toPace =
  (clock: { now(): number } = performance): OperatorFunction<Decoded<ChatCompletionChunk>, Pace> =>
  (decoded$) =>
    defer(() => {
      const began = clock.now();
      return decoded$.pipe(
        filter(isRight),
        map(({ right }) => kindOf(right)[0]),
        filter((kind) => kind === 'text' || kind === 'reasoning' || kind === 'tool'),
        timestamp(clock),
        bufferTime(TOLD_EVERY_MS),
        scan((pace, pieces) => {
          const elapsedMs = clock.now() - began;
          const since = elapsedMs - pace.elapsedMs;
          const at = (thinks: boolean): number | null => {
            const first = pieces.find(({ value }) => (value === 'reasoning') === thinks);
            return first === undefined ? null : first.timestamp - began;
          };
          const begun = pace.tokens > 0 || pieces.length > 0;
          return {
            elapsedMs,
            tokens: pace.tokens + pieces.length,
            // The last piece of time may be too short to say anything.
            rates:
              begun && since > TOLD_EVERY_MS / 2
                ? [...pace.rates, (pieces.length / since) * 1_000]
                : pace.rates,
            thoughtAt: pace.thoughtAt ?? at(true),
            wroteAt: pace.wroteAt ?? at(false),
          };
        }, NOTHING),
      );
    });
