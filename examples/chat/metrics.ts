import { defer, scan, type OperatorFunction } from 'rxjs';
import type { ChatState } from 'rxjs-chat-completions';

/** Times of the deltas of an answer, in milliseconds since the request. */
interface Times {
  readonly firstMs: number | null;
  readonly lastMs: number;
  /** Number of deltas, which is close to the number of tokens. */
  readonly deltas: number;
  /** Length of the text, in characters. */
  readonly length: number;
}

/** A state of an answer, with its times. */
export interface TimedState extends Times {
  readonly state: ChatState;
}

const NO_TIMES: Times = { firstMs: null, lastMs: 0, deltas: 0, length: 0 };

/** Adds the times to each state of an answer. */
export function measureTimes(now = () => performance.now()): OperatorFunction<ChatState, TimedState> {
  return (state$) =>
    defer(() => {
      const start = now();
      return state$.pipe(
        scan<ChatState, TimedState, Times>((times, state) => {
          const length = state.content.length + state.reasoning.length + state.refusal.length;
          if (length <= times.length) return { ...times, state };
          const lastMs = now() - start;
          return { state, firstMs: times.firstMs ?? lastMs, lastMs, deltas: times.deltas + 1, length };
        }, NO_TIMES),
      );
    });
}

/** Formats the times and the usage: `0.21 s to first token · 48 tokens/s · 12 in, 87 out · stop` */
export function metricsLine({ state, firstMs, lastMs, deltas }: TimedState): string {
  const { usage, status, finishReason } = state;
  const completionTokens = usage?.completion_tokens ?? null;
  const seconds = (lastMs - (firstMs ?? 0)) / 1000;
  const perSecond = ((completionTokens ?? deltas) / seconds).toFixed(0);
  return [
    firstMs === null ? 'no text' : `${(firstMs / 1000).toFixed(2)} s to first token`,
    ...(deltas > 1 && seconds > 0
      ? [`${completionTokens === null ? 'about ' : ''}${perSecond} tokens/s`]
      : []),
    ...(usage ? [`${usage.prompt_tokens ?? '?'} in, ${usage.completion_tokens ?? '?'} out`] : []),
    finishReason ?? (status === 'done' ? 'no finish reason' : status),
  ].join(' · ');
}
