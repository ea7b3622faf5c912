import { ChatOpenAI } from '@langchain/openai';

import { messages, model, tools } from './request.mjs';

const ask = ({ baseURL, fetch }, more = {}) =>
  new ChatOpenAI({
    model,
    apiKey: 'none',
    maxRetries: 0,
    useResponsesApi: false,
    configuration: { baseURL, fetch },
  }).stream(messages, more);

async function folded(server, more) {
  let message;
  for await (const chunk of await ask(server, more))
    message = message === undefined ? chunk : message.concat(chunk);
  return message;
}

export const tasks = {
  langchain: {
    async chunks(server, sink) {
      for await (const chunk of await ask(server)) {
        const pause = sink.add(chunk.content);
        if (pause !== undefined) await pause;
      }
    },
    text: async (server, sink) => sink.end((await folded(server)).content),
    completion: async (server, sink) => sink.end((await folded(server)).content),
    async toolCall(server, sink) {
      const [call] = (await folded(server, { tools })).tool_calls;
      sink.end(JSON.stringify(call.args));
    },
  },
};
