import { defer, scan, type OperatorFunction } from 'rxjs';
import type { ChatState } from 'rxjs-chat-completions';

/** When the text of an answer came, in milliseconds since the question was sent. */
interface Times {
  readonly firstMs: number | null;
  readonly lastMs: number;
  /** In how many pieces it came; near the number of tokens. */
  readonly pieces: number;
  /** How long it is so far. */
  readonly length: number;
}

/** A state of an answer, and what it took. */
export interface Measured extends Times {
  readonly state: ChatState;
}

const nothingYet: Times = { firstMs: null, lastMs: 0, pieces: 0, length: 0 };

/** Adds to each state of an answer what it took. */
export function measured(now = () => performance.now()): OperatorFunction<ChatState, Measured> {
  return (state$) =>
    defer(() => {
      const begin = now();
      return state$.pipe(
        scan<ChatState, Measured, Times>((times, state) => {
          const length = state.content.length + state.reasoning.length + state.refusal.length;
          if (length <= times.length) return { ...times, state };
          const lastMs = now() - begin;
          return { state, firstMs: times.firstMs ?? lastMs, lastMs, pieces: times.pieces + 1, length };
        }, nothingYet),
      );
    });
}

/** `0.21 s to first token · 48 tokens/s · 12 in, 87 out · stop` */
export function metricsLine({ state, firstMs, lastMs, pieces }: Measured): string {
  const { usage, status, finishReason } = state;
  const written = usage?.completion_tokens ?? null;
  const seconds = (lastMs - (firstMs ?? 0)) / 1000;
  const perSecond = ((written ?? pieces) / seconds).toFixed(0);
  return [
    firstMs === null ? 'no text' : `${(firstMs / 1000).toFixed(2)} s to first token`,
    ...(pieces > 1 && seconds > 0 ? [`${written === null ? 'about ' : ''}${perSecond} tokens/s`] : []),
    ...(usage ? [`${usage.prompt_tokens ?? '?'} in, ${usage.completion_tokens ?? '?'} out`] : []),
    finishReason ?? (status === 'done' ? 'no finish reason' : status),
  ].join(' · ');
}
