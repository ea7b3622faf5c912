import { isFailedFinish } from './failedFinish';
import { isFinishReason, normalize } from './isFinishReason';

/**
 * The effect of a finish reason on an answer.
 *
 * `finished`: the model ended the answer, and its tool calls may be run. `cut-off`: the answer ends early, and its last tool call
 * may be incomplete. `failed`: the server reports a failure, so the text received is not an answer. `unknown`: the
 * reason is in no list, so the answer has ended and its tool calls are not run. `none`: the answer has not ended.
 */
export type FinishKind = 'finished' | 'cut-off' | 'failed' | 'unknown' | 'none';

/**
 * Returns whether a list has a normalized name. It is split at the first use, since an import needs none of the lists, and
 * normalized as one text: name by name would take as long as the first hundred chunks.
 */
function nameIn(list: string): (name: string) => boolean {
  let names: ReadonlySet<string> | undefined;
  const split = (): readonly string[] => list.toLowerCase().replace(/[_-]/g, '').trim().split(/\s+/);
  return (name) => (names ??= new Set(split())).has(name);
}

/** Reasons of an answer that the model has ended. */
const isFinished = nameIn(`
  stop tool_calls function_call tool_call tool_use function_calls end_turn stop_sequence stop_criteria_met
  stop_words stop_token stop_string_found eos eos_token eos_found end_id end_of_text end word normal complete
  completed done finish finished end_of_turn end_of_sequence eot REASON_STOP REASON_TOOL_CALLS FINISH_REASON_STOP
`);

/** Reasons of an answer that a limit or a filter has ended early, beside those with a word of {@link LIMIT}. */
const isCutOff = nameIn(`
  max_output context REASON_MAX_LEN REASON_MAX_CONTEXT incomplete repetition user_stopped
  guardrail_intervened refusal sensitive blacklist RECITATION BLOCKLIST SPII LANGUAGE IMAGE_RECITATION MODEL_ARMOR
`);
const LIMIT = /limit|length|exceed|truncat|tokens|filter|safety|prohibit|toxic|moderat|violat/;

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
  const name = normalize(reason);
  if (isFinished(name)) return 'finished';
  if (isFailedFinish(reason)) return 'failed';
  return isCutOff(name) || LIMIT.test(name) ? 'cut-off' : 'unknown';
}
