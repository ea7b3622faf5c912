import { isRight } from 'fp-ts/Either';

import type { ToolStep } from './events';
import { addUsage } from './addUsage';

/** Decides after the results of a step whether the run ends. */
export type StopCondition = (steps: readonly ToolStep[]) => boolean;

/**
 * Stops a run once a tool has succeeded.
 *
 * For a tool whose input is the answer. A call that failed does not count, so the model may correct it.
 *
 * @param name - The name of the tool.
 *
 * @example
 * ```ts
 * import * as t from 'io-ts';
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { calledTool, runTools$, tool } from 'rxjs-chat-completions/tools';
 *
 * const answer = tool({ name: 'answer', input: t.type({ celsius: t.number }), run: (input) => [input] });
 * const request = { model: 'llama3.2', messages: [{ role: 'user', content: 'How warm is it in Oslo?' }] } as const;
 * runTools$((r) => chatCompletion$({}, r), request, [answer], { stopWhen: calledTool('answer') });
 * ```
 */
export const calledTool =
  (name: string): StopCondition =>
  (steps) =>
    steps.at(-1)?.calls.some((call) => call.name === name && isRight(call.result)) ?? false;

/**
 * Stops a run in which the model repeats itself: the same call, name and arguments, in so many consecutive steps.
 *
 * @param times - Number of consecutive steps, 2 or more; 3 by default.
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
export const repeats =
  (times = 3): StopCondition =>
  (steps) => {
    if (steps.length < times) return false;
    const [first, ...others] = steps.slice(-times).map(signaturesOf);
    return [...(first ?? [])].some((signature) => others.every((step) => step.has(signature)));
  };

const signaturesOf = ({ calls }: ToolStep): ReadonlySet<string> =>
  new Set(calls.map((call) => JSON.stringify([call.name, call.arguments], sorted)));

/** The order of the keys of an object says nothing. */
const sorted = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/**
 * Stops a run that has cost more than so many tokens.
 *
 * Counts what the server reports, so a request under way is never interrupted, and a server without usage never stops.
 *
 * @param tokens - Most tokens of all steps together, prompts included.
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
export const usageOver =
  (tokens: number): StopCondition =>
  (steps) => {
    const usage = steps.reduce<ReturnType<typeof addUsage>>(
      (sum, { completion }) => addUsage(sum, completion.usage),
      null,
    );
    const { total_tokens, prompt_tokens, completion_tokens } = usage ?? {};
    return (total_tokens ?? (prompt_tokens ?? 0) + (completion_tokens ?? 0)) > tokens;
  };
