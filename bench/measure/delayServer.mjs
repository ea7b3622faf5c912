// The server of the delay measurements, in a separate process. The content of each event is the time it was sent. Responds in
// OpenAI's format, and in Ollama's own under /api/chat.
import { createServer } from 'node:http';

import { now } from './clock.mjs';

const sse = (json) => `data: ${JSON.stringify(json)}\n\n`;
const openai = {
  contentType: 'text/event-stream',
  delta: (content) =>
    sse({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1762435678,
      model: 'bench',
      choices: [{ index: 0, delta: { role: 'assistant', content }, logprobs: null, finish_reason: null }],
    }),
  end: `${sse({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1762435678,
    model: 'bench',
    choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }],
  })}data: [DONE]\n\n`,
};
const ndjson = (json) =>
  `${JSON.stringify({ model: 'bench', created_at: '2026-11-06T13:27:58Z', ...json })}\n`;
const ollama = {
  contentType: 'application/x-ndjson',
  delta: (content) => ndjson({ message: { role: 'assistant', content }, done: false }),
  end: ndjson({ message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' }),
};

/** Number of events in a response. The first is sent immediately. */
let events = 1;
/** Milliseconds between two events. */
let interval = 12.5;

const server = createServer((request, response) => {
  const { contentType, delta, end } = request.url.startsWith('/api/') ? ollama : openai;
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': contentType });
    const began = performance.now();
    const total = events;
    let sent = 0;
    const send = () => {
      response.write(delta(String(now())));
      sent++;
      if (sent === total) response.end(end);
      // Timers have a resolution of a millisecond, so the delay is computed from the due time.
      else setTimeout(send, began + sent * interval - performance.now());
    };
    send();
  });
});

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', (message) => {
  ({ events, interval = interval } = message);
  process.send({ events });
});
process.on('disconnect', () => process.exit());
