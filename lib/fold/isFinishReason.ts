/** The reasons that nearly every answer has. */
export const USUAL: readonly string[] = ['stop', 'tool_calls', 'length'];

/**
 * The values that servers send while the answer has not ended: DashScope `"null"`, TensorRT-LLM and watsonx `not_finished`, and
 * Gemini through gateways the name of zero in its enumeration.
 */
const NOT_ENDED = /^(?:null|undefined|none|notfinished|(?:finishreason)?unspecified)?$/;

/**
 * Returns a reason without case and separators: `toolCalls`, `tool-calls` and `TOOL_CALLS` are the same, and the
 * `FinishReason.STOP` of an enumeration in Python is `STOP`.
 */
export const normalize = (reason: string): string =>
  reason.toLowerCase().replace(/^finish_?reason\.|[\s_-]/g, '');

/** Whether a value of `finish_reason` ends the answer: `null`, `""` and the names of {@link NOT_ENDED} do not. */
export const isFinishReason = (reason: string | null | undefined): reason is string =>
  typeof reason === 'string' && (USUAL.includes(reason) || !NOT_ENDED.test(normalize(reason)));
