import { costOf, tokensIn, type TokenPrice } from '../../fold/costOf';
import type { Usage } from '../../codec/Usage';
import type { Lane } from './Lane';

/** Figures of a call, all its attempts together. */
export interface CallSummary {
  /** Milliseconds from the first request to the first output; `null` without output. */
  readonly firstTokenMs: number | null;
  /** Milliseconds from the first request to the end of the last attempt; `null` while it runs. */
  readonly totalMs: number | null;
  /** Number of chunks that could be read. */
  readonly chunks: number;
  /** Chunks that could not be read. */
  readonly lefts: number;
  /** Number of bytes of the response bodies. */
  readonly bytes: number;
  /** Number of attempts after the first. */
  readonly retries: number;
  /** Tokens of the request, as the server counts them; `null` without usage. */
  readonly promptTokens: number | null;
  /** Tokens of the answer; `null` without usage. */
  readonly completionTokens: number | null;
  /** In the currency of the price; `null` without a price or without usage. */
  readonly cost: number | null;
}

/**
 * Returns the figures of a call.
 *
 * @param lanes - The attempts of one call, the first one first.
 * @param price - The price of the tokens, for the cost.
 *
 * @example The figures of the last call
 * ```ts
 * import { sharedLog, summaryOf } from 'rxjs-chat-completions/inspector';
 *
 * const { lanes } = sharedLog();
 * const last = lanes.at(-1)?.call;
 * const { retries, firstTokenMs } = summaryOf(lanes.filter(({ call, attempt }) => call === last && attempt > 0));
 * ```
 */
export function summaryOf(lanes: readonly Lane[], price?: TokenPrice): CallSummary {
  const start = lanes[0]?.startedAt ?? 0;
  const sum = (read: (lane: Lane) => number): number => lanes.reduce((total, lane) => total + read(lane), 0);
  const since = (at: number | null | undefined): number | null => (at == null ? null : at - start);
  const usage: Usage | null = lanes.reduce<Usage | null>((last, lane) => lane.usage ?? last, null);
  const tokens = usage && tokensIn(usage);
  return {
    firstTokenMs: since(lanes.find(({ firstOutputAt }) => firstOutputAt !== null)?.firstOutputAt),
    totalMs: since(lanes.at(-1)?.endedAt),
    chunks: sum(({ chunks }) => chunks),
    lefts: sum(({ lefts }) => lefts),
    bytes: sum(({ bytes }) => bytes),
    retries: Math.max(0, (lanes.at(-1)?.attempt ?? 1) - 1),
    promptTokens: tokens?.prompt ?? null,
    completionTokens: tokens?.completion ?? null,
    cost: price ? costOf(usage, price) : null,
  };
}
