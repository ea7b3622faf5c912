import * as t from 'io-ts';
import { annotate } from 'rxjs-chat-completions/structured';
import { tool } from 'rxjs-chat-completions/tools';

import { calculate } from './calculator';

const calculator = tool({
  name: 'calculator',
  description: 'Calculates an arithmetic expression.',
  input: t.type({
    expression: annotate(t.string, { description: 'Numbers with + - * / and brackets, such as 2 * (3 + 4)' }),
  }),
  run: ({ expression }) => calculate(expression),
});

const currentTime = tool({
  name: 'current_time',
  description: 'Returns the date, the time and the time zone of the user.',
  input: t.type({}),
  // The time zone reveals where the user is.
  needsApproval: true,
  run: () => new Date().toString(),
});

/** The tools that `--tools` offers to the model. */
export const TOOLS = [calculator, currentTime] as const;
