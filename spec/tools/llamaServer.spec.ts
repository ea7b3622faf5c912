import { isLeft } from 'fp-ts/Either';
import * as t from 'io-ts';
import { lastValueFrom, of, toArray } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { annotate } from '../../lib/schema/annotate';
import type { ToolEvent } from '../../lib/tools/events';
import { runTools$ } from '../../lib/tools/runTools';
import { tool, type AnyTool } from '../../lib/tools/tool';
import { describeLive, startLlamaServer, type LlamaServer } from '../helpers/llamaServer';
import { brief, faultsOf } from '../helpers/toolEvents';

// The first start on a machine takes a while.
jest.setTimeout(120_000);

let server: LlamaServer;
beforeAll(async () => {
  server = await startLlamaServer('-np', '2');
});
afterAll(async () => {
  await server.close();
});

const word = annotate(t.string, { maxLength: 12 });
const weather = tool({
  name: 'weather',
  description: 'The temperature in a city, now.',
  input: t.type({ city: word, unit: t.keyof({ celsius: null, fahrenheit: null }) }),
  run: ({ city }) => of(`7 °C in ${city}`),
});
const time = tool({
  name: 'time',
  description: 'The time in a zone.',
  input: t.intersection([t.type({ zone: word }), t.partial({ seconds: t.boolean })]),
  run: ({ zone }) => Promise.resolve({ zone, time: '12:00' }),
});

const SEEDS = 20;

const eventsOf = (tools: readonly AnyTool[], seed: number, more: object = {}): Promise<ToolEvent[]> =>
  lastValueFrom(
    runTools$(
      (request) => chatCompletion$({ baseURL: server.baseURL }, request),
      {
        model: 'tiny-random-llama',
        messages: [{ role: 'user', content: 'How warm is it in Oslo?' }],
        seed,
        max_tokens: 600,
        ...more,
      },
      tools,
      { maxSteps: 6 },
    ).pipe(toArray()),
  );

describeLive('a loop of calls with llama-server', () => {
  it(`answers within six turns, ${SEEDS} times, and every call fits`, async () => {
    let calls = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const events = await eventsOf([weather, time], seed);
      const last = events.at(-1);
      expect([seed, last && brief(last)]).toEqual([seed, 'answered']);
      if (last?.type === 'done') expect(faultsOf(last.messages)).toEqual([]);
      const results = events.flatMap((event) => (event.type === 'tool-result' ? [event.result] : []));
      expect(results.filter(isLeft)).toEqual([]);
      calls += results.length;
    }
    expect(calls).toBeGreaterThan(0);
    process.stderr.write(`llama-server: ${SEEDS} runs, ${calls} calls\n`);
  });

  it('forces a call once, and answers', async () => {
    const events = await eventsOf([weather], 1, { tool_choice: 'required' });
    expect(events.map(brief)).toContain('weather?');
    expect(events.at(-1)).toMatchObject({ reason: 'answered' });
  });

  it('is not mistaken for a success of a tool whose schema the server cannot hold', async () => {
    let ran = 0;
    // Forced, and llama.cpp answers in prose: a nested text of that length is too much for its grammar.
    const essay = tool({
      name: 'essay',
      input: t.type({ page: t.type({ text: annotate(t.string, { maxLength: 3_000 }) }) }),
      run: () => of((ran += 1)),
    });
    const events = await eventsOf([essay], 1, { tool_choice: 'required' });
    const results = events.filter(({ type }) => type === 'tool-result');
    expect(events.at(-1)).toMatchObject({ type: 'done' });
    expect(results).toHaveLength(ran);
    process.stderr.write(
      `llama-server: a schema it cannot hold: ${events.map(brief).at(-1)}, ${ran} calls\n`,
    );
  });
});
