// Clients of other libraries, from bench/node_modules.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { NotAvailable } from '../consumers/tools.mjs';

const bench = fileURLToPath(new URL('../../bench/', import.meta.url));

function load(name) {
  if (!existsSync(`${bench}node_modules/${name}`))
    throw new NotAvailable('run `npm run bench` once, which installs it');
  return import(pathToFileURL(createRequire(`${bench}package.json`).resolve(name)).href);
}

const prompt = { model: 'short', messages: [{ role: 'user', content: 'Hi' }] };

function expectText(text, expected) {
  if (text !== expected) throw new Error(`received ${text}`);
}

/** @type {readonly { name: string, run: (host: { baseURL: string }, answer: string) => Promise<string> }[]} */
export const clients = [
  {
    name: 'openai-node',
    run: async ({ baseURL }, answer) => {
      const { default: OpenAI } = await load('openai');
      const openai = new OpenAI({ baseURL, apiKey: 'anna', maxRetries: 0 });
      let [text, deltas] = ['', 0];
      for await (const { choices } of await openai.chat.completions.create({ ...prompt, stream: true })) {
        text += choices[0]?.delta.content ?? '';
        deltas += 1;
      }
      expectText(text, answer);
      const stream = openai.chat.completions.stream(prompt);
      expectText((await stream.finalChatCompletion()).choices[0].message.content, answer);
      const completion = await openai.chat.completions.create(prompt);
      expectText(completion.choices[0].message.content, answer);
      const refused = await openai.chat.completions
        .create({ ...prompt, model: 'other' })
        .catch((error) => error);
      if (refused.status !== 403 || refused.code !== 'model_not_allowed')
        throw new Error(`received ${refused}`);
      return `streamed in ${deltas} deltas, one completion, and a typed refusal`;
    },
  },
  {
    name: 'the AI SDK',
    run: async ({ baseURL }, answer) => {
      const { streamText } = await load('ai');
      const { createOpenAICompatible } = await load('@ai-sdk/openai-compatible');
      const { chatModel } = createOpenAICompatible({ name: 'relay', baseURL, apiKey: 'anna' });
      const { textStream } = streamText({ model: chatModel('short'), prompt: 'Hi', maxRetries: 0 });
      let [text, deltas] = ['', 0];
      for await (const delta of textStream) {
        text += delta;
        deltas += 1;
      }
      expectText(text, answer);
      return `streamed in ${deltas} deltas`;
    },
  },
];
