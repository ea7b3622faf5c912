import { streamText } from '@xsai/stream-text';

import { messages, model, tools } from './request.mjs';

const ask = ({ baseURL, fetch }, more) => streamText({ baseURL, fetch, model, messages, ...more });

export const tasks = {
  xsai: {
    async chunks(server, sink) {
      for await (const delta of ask(server).textStream) {
        const pause = sink.add(delta);
        if (pause !== undefined) await pause;
      }
    },
    async text(server, sink) {
      const [step] = await ask(server).steps;
      sink.end(step.text);
    },
    async completion(server, sink) {
      const message = (await ask(server).messages).at(-1);
      sink.end(message.content);
    },
    // It runs the tool itself, and emits steps only then.
    async toolCall(server, sink) {
      let text = '';
      const execute = (input) => {
        text = JSON.stringify(input);
        return 'stored';
      };
      await ask(server, { tools: [{ ...tools[0], execute }] }).steps;
      sink.end(text);
    },
  },
};
