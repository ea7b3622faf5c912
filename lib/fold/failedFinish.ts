/** Reasons of a limit and of a filter that have the word of a failure: Cohere. */
const ERROR_BY_NAME = /^error(?:limit|toxic)$/;

/** Reasons of a failure after which the same request may succeed, by a word or as a whole. */
const FAILURE =
  /error|exception|fail|abort|cancel|terminated|killed|timed?out|interrupt|disconnect|connection(?:lost|closed|reset)|crash|shutdown|outofmemory|unavailable|overload|preempt|ratelimit|throttl|^(?:insufficientsystemresource|modelunloaded)$/;

/** Reasons of a failure that is likely to repeat. */
const REPEATED =
  /^(?:malformed(?:functioncall|response|tooluse|modeloutput)|unexpectedtoolcall|toomanytoolcalls|missingthoughtsignature|noimage)$/;

/** Words of an account that is spent, which fails again. */
const SPENT = /quota|credits|balance(?!r)|billing|payment/;

/** The reasons that nearly every answer has. */
const USUAL: readonly string[] = ['stop', 'tool_calls', 'length'];

/** The values that servers send while the answer has not ended: DashScope `"null"`, TensorRT-LLM and watsonx `not_finished`. */
const NOT_ENDED = new Set(['', 'null', 'none', 'notfinished']);

/**
 * Returns a reason without case and separators: `toolCalls`, `tool-calls` and `TOOL_CALLS` are the same, and the
 * `FinishReason.STOP` of an enumeration in Python is `STOP`.
 */
export const normalize = (reason: string): string =>
  reason.toLowerCase().replace(/^finish_?reason\.|[\s_-]/g, '');

/** Whether a value of `finish_reason` ends the answer: `null`, `""` and the names of {@link NOT_ENDED} do not. */
export const isFinishReason = (reason: string | null | undefined): reason is string =>
  typeof reason === 'string' && (USUAL.includes(reason) || !NOT_ENDED.has(normalize(reason)));

/** Whether a finish reason reports a failure. Beside the other kinds, whose words a call does not need. */
export const isFailedFinish = (reason: string): boolean => {
  if (USUAL.includes(reason)) return false;
  const name = normalize(reason);
  return REPEATED.test(name) || SPENT.test(name) || isPassing(name);
};

/** Whether the same request may succeed after this reason; true only for failures that pass. */
export const isTransientFinish = (reason: string): boolean => {
  const name = normalize(reason);
  return isPassing(name) && !SPENT.test(name);
};

const isPassing = (name: string): boolean => FAILURE.test(name) && !ERROR_BY_NAME.test(name);
