import { isRight } from 'fp-ts/Either';

import { attempt } from '../codec/attempt';
import { canonicalJson } from '../codec/canonicalJson';
import { RequestError } from '../errors';
import { usageOf } from './addUsage';
import type { FinishedCall, ToolStep } from './events';

/** A function that returns whether the run ends, called after the results of each step. */
export type StopCondition = (steps: readonly ToolStep[]) => boolean;

/**
 * Stops a run once a tool has succeeded.
 *
 * Use it for a tool whose input is the answer. A failed call does not count, so the model can correct it.
 *
 * @param name - The name of the tool.
 *
 * @example
 * ```ts
 * import * as t from 'io-ts';
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { calledTool, runTools$, tool } from 'rxjs-chat-completions/tools';
 *
 * const answer = tool({ name: 'answer', input: t.type({ celsius: t.number }), run: (input) => input });
 * const request = { model: 'llama3.2', messages: [{ role: 'user', content: 'How warm is it in Oslo?' }] } as const;
 * runTools$((r) => chatCompletion$({}, r), request, [answer], { stopWhen: calledTool('answer') });
 * ```
 */
export const calledTool =
  (name: string): StopCondition =>
  (steps) =>
    steps.at(-1)?.calls.some((call) => call.name === name && isRight(call.result)) ?? false;

/**
 * Stops a run if consecutive steps repeat a call with the same name and arguments.
 *
 * @param times - Number of consecutive steps, 2 or more; 3 by default.
 * @throws RequestError if `times` is out of range.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { repeats, runTools$, usageOver } from 'rxjs-chat-completions/tools';
 *
 * const request = { model: 'llama3.2', messages: [{ role: 'user', content: 'How warm is it in Oslo?' }] } as const;
 * const isTwice = repeats(2);
 * const isDear = usageOver(10_000);
 * runTools$((r) => chatCompletion$({}, r), request, [], { stopWhen: (steps) => isTwice(steps) || isDear(steps) });
 * ```
 */
export function repeats(times = 3): StopCondition {
  if (!(Number.isInteger(times) && times >= 2)) {
    throw new RequestError(`repeats: expected an integer of 2 or more, got ${times}`);
  }
  return (steps) => {
    if (steps.length < times) return false;
    const [first, ...others] = steps.slice(-times).map(signaturesOf);
    return [...(first ?? [])].some((signature) => others.every((step) => step.has(signature)));
  };
}

const signaturesOf = ({ calls }: ToolStep): ReadonlySet<string> => new Set(calls.map(signatureOf));

/** Returns the name and the arguments as text; of arguments that are nested too deep to be written, the name alone. */
const signatureOf = ({ name, arguments: given }: FinishedCall): string =>
  attempt(() => canonicalJson([name, given])) ?? name;

/**
 * Stops a run that has used more than a number of tokens.
 *
 * Adds the usage that the server reports after each step. It does not abort a running request, and never stops a run if the server
 * reports no usage.
 *
 * @param tokens - Maximum number of tokens of all steps together, including prompts; 0 or more.
 * @throws RequestError if `tokens` is not such a number, because no usage is over `NaN`.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { runTools$, usageOver } from 'rxjs-chat-completions/tools';
 *
 * const request = { model: 'llama3.2', messages: [{ role: 'user', content: 'How warm is it in Oslo?' }] } as const;
 * runTools$((r) => chatCompletion$({}, r), request, [], { stopWhen: usageOver(10_000) });
 * ```
 */
export function usageOver(tokens: number): StopCondition {
  if (!(tokens >= 0)) throw new RequestError(`usageOver: expected a number of tokens, got ${tokens}`);
  return (steps) => {
    const { total_tokens, prompt_tokens, completion_tokens } = usageOf(steps) ?? {};
    return (total_tokens ?? (prompt_tokens ?? 0) + (completion_tokens ?? 0)) > tokens;
  };
}
