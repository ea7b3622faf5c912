// The minimum of any client: reading, splitting lines, parsing. As simple and as fast as possible.
import { messages, model } from './request.mjs';
import { textOf } from './textOf.mjs';

async function readerOf({ baseURL, fetch }) {
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ model, messages, stream: true }),
  });
  return response.body.getReader();
}

/** Reads to the end and passes each payload to `take`. Awaits the result if it is a promise. */
async function payloads(server, take) {
  const reader = await readerOf(server);
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    const text = rest + (done ? '\n' : decoder.decode(value, { stream: true }));
    let start = 0;
    for (let end = text.indexOf('\n', rest.length); end !== -1; end = text.indexOf('\n', start)) {
      if (text.startsWith('data:', start)) {
        const pause = take(text.slice(start + 5, end));
        if (pause !== undefined) await pause;
      }
      start = end + 1;
    }
    rest = text.slice(start);
    if (done) return;
  }
}

const isDone = (payload) => payload.length < 16 && payload.trim() === '[DONE]';

const parsed = (server, take) =>
  payloads(server, (payload) => (isDone(payload) ? undefined : take(JSON.parse(payload))));

export const tasks = {
  L0: {
    async chunks(server, sink) {
      const reader = await readerOf(server);
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        sink.read(value.length);
      }
    },
  },

  L1: {
    chunks: (server, sink) => payloads(server, (payload) => sink.add(payload)),
  },

  L2: {
    chunks: (server, sink) => parsed(server, (chunk) => sink.add(textOf(chunk))),
    async text(server, sink) {
      let text = '';
      await parsed(server, (chunk) => {
        text += textOf(chunk);
      });
      sink.end(text);
    },
    async toolCall(server, sink) {
      let text = '';
      await parsed(server, (chunk) => {
        text += chunk.choices?.[0]?.delta?.tool_calls?.[0]?.function?.arguments ?? '';
      });
      sink.end(text);
    },
  },

  // This library's codec, with plain io-ts. Imported here, so that it is not on the heap of the other floors.
  L3: {
    async chunks(server, sink) {
      const { ChatCompletionChunk } = await import('./built.mjs');
      await parsed(server, (json) => {
        const decoded = ChatCompletionChunk.decode(json);
        return decoded._tag === 'Right' ? sink.add(textOf(decoded.right)) : undefined;
      });
    },
  },
};
