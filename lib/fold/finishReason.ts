import { isCutOff } from './endsEarly';
import { isFailedFinish } from './failedFinish';
import { isGoodFinish } from './goodFinish';
import { isFinishReason } from './isFinishReason';

/**
 * The effect of a finish reason on an answer.
 *
 * `finished`: the model ended the answer, and its tool calls may be run. `cut-off`: the answer ends early, and its last tool call
 * may be incomplete. `failed`: the server reports a failure, so the text received is not an answer. `unknown`: the
 * reason is in no list, so the answer has ended and its tool calls are not run. `none`: the answer has not ended.
 */
export type FinishKind = 'finished' | 'cut-off' | 'failed' | 'unknown' | 'none';

/**
 * Returns the effect of a finish reason on an answer.
 *
 * Case and separators do not count. The good reasons are a closed list, which fails safe. Words that name a limit or a failure make
 * a reason a bad one, never a good one, and any other reason is `unknown`. `docs/finish-reasons.md` names the servers of each.
 *
 * @param reason - The `finish_reason` of a choice.
 *
 * @example
 * ```ts
 * import { finishKind } from 'rxjs-chat-completions/fold';
 *
 * console.assert(finishKind('stop') === 'finished');
 * console.assert(finishKind('MAX_TOKENS') === 'cut-off');
 * console.assert(finishKind('network_error') === 'failed');
 * console.assert(finishKind('') === 'none');
 * ```
 */
export function finishKind(reason: string | null | undefined): FinishKind {
  if (!isFinishReason(reason)) return 'none';
  if (isGoodFinish(reason)) return 'finished';
  if (isFailedFinish(reason)) return 'failed';
  return isCutOff(reason) ? 'cut-off' : 'unknown';
}
