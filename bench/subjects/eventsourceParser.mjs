import { createParser } from 'eventsource-parser';

import { messages, model } from './request.mjs';
import { textOf } from './textOf.mjs';

export const tasks = {
  'eventsource-parser': {
    async chunks({ baseURL, fetch }, sink) {
      const response = await fetch(`${baseURL}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ model, messages, stream: true }),
      });
      // Events arrive in a callback, so all events of a read arrive before the consumer can wait.
      const parser = createParser({
        onEvent: ({ data }) => {
          if (data !== '[DONE]') sink.add(textOf(JSON.parse(data)));
        },
      });
      const decoder = new TextDecoder();
      const reader = response.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        parser.feed(decoder.decode(value, { stream: true }));
      }
    },
  },
};
