/**
 * The effect of a finish reason on an answer.
 *
 * `finished`: the model ended the answer, and its tool calls may be run. `cut-off`: the answer ends early, and its last tool call
 * may be incomplete. `failed`: the server reports a failure, so the text received is not an answer. `unknown`: the
 * reason is in no list, so the answer has ended and its tool calls are not run. `none`: the answer has not ended.
 */
export type FinishKind = 'finished' | 'cut-off' | 'failed' | 'unknown' | 'none';

/** Splits a list of names; a name per server's spelling. */
const names = (list: string): readonly string[] => list.trim().split(/\s+/);

/** Reasons of an answer that the model has ended. */
const FINISHED = names(`
  stop tool_calls function_call tool_call tool_use function_calls end_turn stop_sequence stop_criteria_met
  stop_words stop_token stop_string_found eos eos_token eos_found end_id end_of_text end word normal complete
  completed done finish finished end_of_turn end_of_sequence eot REASON_STOP REASON_TOOL_CALLS FINISH_REASON_STOP
`);

/** Reasons of an answer that a limit or a filter has ended early. */
const CUT_OFF = names(`
  length max_tokens max_output_tokens max_output max_length max_new_tokens max_predicted_tokens_reached
  maximum_tokens model_length limit token_limit context context_length_reached context_length_exceeded
  model_context_window_exceeded error_limit REASON_MAX_LEN REASON_MAX_CONTEXT FINISH_REASON_MAX_TOKENS
  incomplete truncated repetition time_limit REASON_TIME_LIMIT user_stopped content_filter content_filtered
  guardrail_intervened refusal sensitive blacklist error_toxic SAFETY RECITATION BLOCKLIST PROHIBITED_CONTENT
  SPII LANGUAGE IMAGE_SAFETY IMAGE_PROHIBITED_CONTENT IMAGE_RECITATION MODEL_ARMOR
`);

/** Reasons of a failure after which the same request may succeed. */
const FAILED_FOR_NOW = names(`
  network_error error abort aborted failed server_error internal_error timeout cancelled canceled user_cancel
  overloaded rate_limit insufficient_system_resource model_unloaded
`);

/** Reasons of a failure that is likely to repeat. */
const FAILED = names(`
  MALFORMED_FUNCTION_CALL MALFORMED_RESPONSE UNEXPECTED_TOOL_CALL TOO_MANY_TOOL_CALLS
  MISSING_THOUGHT_SIGNATURE NO_IMAGE malformed_tool_use malformed_model_output
`);

/** The values that servers send while the answer has not ended: DashScope `"null"`, TensorRT-LLM and watsonx `not_finished`. */
const NOT_ENDED = new Set(['', 'null', 'none', 'notfinished']);

/**
 * Returns a reason without case and separators: `toolCalls`, `tool-calls` and `TOOL_CALLS` are the same, and the
 * `FinishReason.STOP` of an enumeration in Python is `STOP`.
 */
const normalize = (reason: string): string =>
  reason
    .toLowerCase()
    .replace(/^finish_?reason\./, '')
    .replace(/[\s_-]/g, '');

const setOf = (...lists: ReadonlyArray<readonly string[]>): ReadonlySet<string> =>
  new Set(lists.flat().map(normalize));
const finished = setOf(FINISHED);
const cutOff = setOf(CUT_OFF);
const failed = setOf(FAILED, FAILED_FOR_NOW);
const transient = setOf(FAILED_FOR_NOW);

/**
 * Returns the effect of a finish reason on an answer.
 *
 * Case and separators do not count. A reason that is in no list is `unknown`: a list of the good reasons fails safe, a list of the
 * bad ones does not. `docs/finish-reasons.md` names the servers of each.
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
  if (typeof reason !== 'string') return 'none';
  const name = normalize(reason);
  if (NOT_ENDED.has(name)) return 'none';
  if (finished.has(name)) return 'finished';
  if (cutOff.has(name)) return 'cut-off';
  if (failed.has(name) || FAILURE.test(name)) return 'failed';
  return LIMIT.test(name) ? 'cut-off' : 'unknown';
}

/** Words in the names of failures and of limits, for names that no list has. No word makes a reason a good one. */
const FAILURE =
  /error|fail|abort|cancel|time(?:d)?out|interrupt|disconnect|connectionlost|crash|shutdown|outofmemory|unavailable|overload|preempt/;
const LIMIT = /limit|length|exceed|truncat|tokens|quota|filter|safety|prohibit|moderat|violat/;

/** Whether the same request may succeed after this reason; true only for failures that pass. */
export function isTransientFinish(reason: string): boolean {
  const name = normalize(reason);
  return transient.has(name) || (!failed.has(name) && finishKind(reason) === 'failed');
}
