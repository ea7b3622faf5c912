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
import { kindOf } from 'rxjs-chat-completions/inspector';

/** Metrics of an answer while it streams. The library's `tapMetrics` reports them at the end. */
export interface LiveMetrics {
  /** Milliseconds since the request. */
  readonly elapsedMs: number;
  /** Number of chunks with output. The server reports its own count at the end. */
  readonly tokens: number;
  /** Tokens per second, for each quarter of a second since the first token. */
  readonly rates: readonly number[];
  /** Milliseconds from the request to the first reasoning and to the first text. */
  readonly reasoningAt: number | null;
  readonly textAt: number | null;
}

/** Milliseconds between updates. */
const INTERVAL_MS = 250;

const NO_METRICS: LiveMetrics = { elapsedMs: 0, tokens: 0, rates: [], reasoningAt: null, textAt: null };

/** Passes values through and reports metrics while the answer streams, once a frame at most. */
export const tapLiveMetrics =
  (report: (metrics: LiveMetrics) => void): MonoTypeOperatorFunction<Decoded<ChatCompletionChunk>> =>
  (decoded$) =>
    decoded$.pipe(
      connect((shared$) =>
        merge(shared$, shared$.pipe(toLiveMetrics(), perFrame(), tap(report), ignoreElements())),
      ),
    );

/** Emits metrics at regular intervals, also while no data arrives. */
export const toLiveMetrics =
  (clock: { now(): number } = performance): OperatorFunction<Decoded<ChatCompletionChunk>, LiveMetrics> =>
  (decoded$) =>
    defer(() => {
      const start = clock.now();
      return decoded$.pipe(
        filter(isRight),
        map(({ right }) => kindOf(right)[0]),
        filter((kind) => kind === 'text' || kind === 'reasoning' || kind === 'tool'),
        timestamp(clock),
        bufferTime(INTERVAL_MS),
        scan((before, outputs) => {
          const elapsedMs = clock.now() - start;
          const intervalMs = elapsedMs - before.elapsedMs;
          const firstAt = (isReasoning: boolean): number | null => {
            const first = outputs.find(({ value }) => (value === 'reasoning') === isReasoning);
            return first === undefined ? null : first.timestamp - start;
          };
          const hasStarted = before.tokens > 0 || outputs.length > 0;
          return {
            elapsedMs,
            tokens: before.tokens + outputs.length,
            // The last interval may be too short for a rate.
            rates:
              hasStarted && intervalMs > INTERVAL_MS / 2
                ? [...before.rates, (outputs.length / intervalMs) * 1_000]
                : before.rates,
            reasoningAt: before.reasoningAt ?? firstAt(true),
            textAt: before.textAt ?? firstAt(false),
          };
        }, NO_METRICS),
      );
    });
