import { TOOL } from './situations.mjs';

const model = 'scripted';
const messages = [{ role: 'user', content: 'How warm is it in Oslo?' }];
const description = 'The temperature in a city, now.';

/**
 * Runs the tool loop of a library.
 *
 * @callback Loop
 * @param {object} run
 * @param {string} run.baseURL - Address of the server.
 * @param {AbortSignal} run.signal - Aborts when the user does.
 * @param {(input: unknown, signal?: AbortSignal) => Promise<string>} run.weather - The tool.
 * @param {number | undefined} run.limit - Most requests; the default of the library if there is none.
 * @returns {Promise<string[]>} The end of the run, as its caller receives it. Rejects as the library does.
 */

/** @type {(stopWhen?: (tools: object) => unknown) => Loop} */
const runTools =
  (stopWhen) =>
  async ({ baseURL, signal, weather, limit }) => {
    const t = await import('io-ts');
    const { chatCompletion$ } = await import('../../dist/index.js');
    const tools = await import('../../dist/tools/index.js');
    const event$ = tools.runTools$(
      (request) => chatCompletion$({ baseURL }, request),
      { model, messages },
      [
        tools.tool({
          name: TOOL,
          description,
          input: t.type({ city: t.string }),
          run: (input, context) => weather(input, context.signal),
        }),
      ],
      {
        ...(limit === undefined ? {} : { maxSteps: limit }),
        ...(stopWhen === undefined ? {} : { stopWhen: stopWhen(tools) }),
      },
    );
    return new Promise((resolve, reject) => {
      let text = '';
      const ended = [];
      const subscription = event$.subscribe({
        next: (event) => {
          if (signal.aborted) ended.push(`event \`${event.type}\` after unsubscribing`);
          if (event.type === 'step-start') text = '';
          if (event.type === 'chunk') text += event.chunk.choices[0]?.delta.content ?? '';
          if (event.type === 'done') ended.push(`reason \`${event.reason}\``, answerOf(text));
        },
        error: reject,
        complete: () => resolve(ended),
      });
      signal.addEventListener('abort', () => {
        subscription.unsubscribe();
        // An event that arrives until the observation ends is still added.
        ended.push('unsubscribed');
        resolve(ended);
      });
    });
  };

/** @type {Loop} */
async function openai({ baseURL, signal, weather, limit }) {
  const { default: OpenAI } = await import('openai');
  const { zodFunction } = await import('openai/helpers/zod');
  const { z } = await import('zod');
  const client = new OpenAI({ apiKey: 'none', baseURL });
  const tool = zodFunction({
    name: TOOL,
    description,
    parameters: z.object({ city: z.string() }),
    function: (input, runner) => weather(input, runner.controller.signal),
  });
  const runner = client.chat.completions.runTools(
    { model, messages, tools: [tool], stream: true },
    { signal, ...(limit === undefined ? {} : { maxChatCompletions: limit }) },
  );
  await runner.done();
  const completion = await runner.finalChatCompletion();
  const [{ finish_reason: reason, message }] = completion.choices;
  return [`finish reason \`${reason}\``, answerOf(message.content)];
}

/** @type {Loop} */
async function aiSdk({ baseURL, signal, weather, limit }) {
  globalThis.AI_SDK_LOG_WARNINGS = false;
  const { isStepCount, streamText, tool } = await import('ai');
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
  const { z } = await import('zod');
  const { fullStream } = streamText({
    model: createOpenAICompatible({ name: 'scripted', apiKey: 'none', baseURL }).chatModel(model),
    messages,
    tools: {
      [TOOL]: tool({
        description,
        inputSchema: z.object({ city: z.string() }),
        execute: (input, { abortSignal }) => weather(input, abortSignal),
      }),
    },
    abortSignal: signal,
    onError: () => {}, // Errors are parts of the stream, too.
    ...(limit === undefined ? {} : { stopWhen: isStepCount(limit) }),
  });
  const ended = [];
  let text = '';
  for await (const part of fullStream) {
    if (part.type === 'start-step') text = '';
    if (part.type === 'text-delta') text += part.text;
    if (part.type === 'error') ended.push(`part \`error\` (${describe(part.error)})`);
    if (part.type === 'abort') ended.push('part `abort`');
    if (part.type === 'finish') ended.push(`finish reason \`${part.finishReason}\``);
  }
  return [...ended, answerOf(text)];
}

/** @type {Loop} */
async function xsai({ baseURL, signal, weather, limit }) {
  const { streamText } = await import('@xsai/stream-text');
  const parameters = {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  };
  const result = streamText({
    baseURL,
    model,
    messages,
    tools: [
      {
        type: 'function',
        function: { name: TOOL, description, parameters, strict: true },
        execute: (input, { abortSignal }) => weather(input, abortSignal),
      },
    ],
    abortSignal: signal,
    ...(limit === undefined ? {} : { maxSteps: limit }),
  });
  const steps = await result.steps;
  return [`finish reason \`${steps.at(-1)?.finishReason}\``, answerOf(steps.at(-1)?.text)];
}

const answerOf = (text) => (text ? 'an answer' : 'no answer');

/** Describes an error by its class and its message. */
export const describe = (error) =>
  `${error?._tag ?? error?.constructor?.name ?? typeof error}: ${error?.message ?? error}`;

/**
 * The loops.
 *
 * - `package`: the package of a peer.
 * - `only`: the single situation of the loop.
 */
export const loops = [
  { id: 'library', title: 'this library, `runTools$`', loop: runTools() },
  {
    id: 'library-repeats',
    title: 'this library, `stopWhen: repeats()`',
    loop: runTools(({ repeats }) => repeats()),
    only: 'repeat',
  },
  { id: 'openai', title: 'openai, `runTools`', loop: openai, package: 'openai' },
  { id: 'ai-sdk', title: 'AI SDK, `streamText`', loop: aiSdk, package: 'ai' },
  { id: 'xsai', title: 'xsai, `streamText`', loop: xsai, package: '@xsai/stream-text' },
];
