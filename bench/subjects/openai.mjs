import OpenAI from 'openai';

import { messages, model, tools } from './request.mjs';
import { textOf } from './textOf.mjs';

const completionsOf = ({ baseURL, fetch }) =>
  new OpenAI({ apiKey: 'none', baseURL, fetch, maxRetries: 0 }).chat.completions;

async function take(stream, sink) {
  for await (const chunk of stream) {
    const pause = sink.add(textOf(chunk));
    if (pause !== undefined) await pause;
  }
}

export const tasks = {
  openai: {
    chunks: async (server, sink) =>
      take(await completionsOf(server).create({ model, messages, stream: true }), sink),
    async text(server, sink) {
      let text = '';
      const stream = await completionsOf(server).create({ model, messages, stream: true });
      for await (const chunk of stream) text += textOf(chunk);
      sink.end(text);
    },
    async toolCall(server, sink) {
      let text = '';
      const stream = await completionsOf(server).create({ model, messages, tools, stream: true });
      for await (const { choices } of stream) {
        text += choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? '';
      }
      sink.end(text);
    },
  },

  'openai-stream': {
    chunks: (server, sink) => take(completionsOf(server).stream({ model, messages }), sink),
    text: async (server, sink) =>
      sink.end(await completionsOf(server).stream({ model, messages }).finalContent()),
    async completion(server, sink) {
      const completion = await completionsOf(server).stream({ model, messages }).finalChatCompletion();
      sink.end(completion.choices[0].message.content);
    },
    async toolCall(server, sink) {
      const completion = await completionsOf(server).stream({ model, messages, tools }).finalChatCompletion();
      sink.end(completion.choices[0].message.tool_calls[0].function.arguments);
    },
  },
};
