import { Ollama } from 'ollama';

import { messages, model } from './request.mjs';

export const tasks = {
  ollama: {
    async chunks({ baseURL, fetch }, sink) {
      const host = new URL(baseURL).origin;
      for await (const part of await new Ollama({ host, fetch }).chat({ model, messages, stream: true })) {
        const pause = sink.add(part.message.content);
        if (pause !== undefined) await pause;
      }
    },
  },
};
