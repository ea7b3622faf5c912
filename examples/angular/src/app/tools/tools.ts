import * as t from 'io-ts';
import { delay, of } from 'rxjs';
import { annotate } from 'rxjs-chat-completions/structured';
import { tool } from 'rxjs-chat-completions/tools';

const weather = tool({
  name: 'weather',
  description: 'Returns the current weather of a city.',
  input: t.type({ city: t.string }),
  // Made up, and slow enough to be visible.
  run: ({ city }) =>
    of(city === 'Bergen' ? { celsius: 7, sky: 'rain' } : { celsius: 4, sky: 'clear' }).pipe(delay(900)),
});

const setReminder = tool({
  name: 'set_reminder',
  description: 'Reminds the user of something.',
  input: t.type({ text: t.string, time: annotate(t.string, { description: 'HH:MM, today' }) }),
  // It changes something.
  needsApproval: true,
  run: ({ time }) => `Reminder set for ${time}`,
});

/** The tools of this page. */
export const TOOLS = [weather, setReminder] as const;

/** One of the tools. */
export type PageTool = (typeof TOOLS)[number];
