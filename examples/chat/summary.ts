import type { ChatMetrics } from 'rxjs-chat-completions';
import type { RunState } from 'rxjs-chat-completions/tools';

/**
 * Formats times, usage and end of an answer: `0.21 s to first token · 48 tokens/s · 12 in, 87 out · stop`
 *
 * @param requests - The metrics of its requests.
 * @param finishReason - The finish reason of the last one.
 * @returns `null` if it failed or was stopped before its first token, which has been printed.
 */
export function summary(
  { status, reason, steps, usage }: RunState,
  requests: readonly ChatMetrics[],
  finishReason: string | null,
): string | null {
  const firstTokenMs = requests[0]?.firstTokenMs ?? null;
  if (firstTokenMs === null && status !== 'done') return null;
  const last = requests.at(-1);
  return [
    ...(steps.length > 1 ? [`${steps.length} requests`] : []),
    firstTokenMs === null ? 'no text' : `${(firstTokenMs / 1_000).toFixed(2)} s to first token`,
    ...(last?.tokensPerSecond
      ? [`${last.estimated ? 'about ' : ''}${last.tokensPerSecond.toFixed(0)} tokens/s`]
      : []),
    ...(usage ? [`${usage.prompt_tokens ?? '?'} in, ${usage.completion_tokens ?? '?'} out`] : []),
    status !== 'done' ? status : reason === 'max-steps' ? reason : describeFinish(finishReason),
  ].join(' · ');
}

const describeFinish = (reason: string | null): string =>
  reason === 'length'
    ? 'length: cut off at the limit of tokens'
    : reason === 'content_filter'
      ? "content_filter: cut off by the server's filter"
      : (reason ?? 'no finish reason');
