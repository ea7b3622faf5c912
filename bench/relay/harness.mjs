// The model's server and the readers, in one process: their CPU time is the unit of all ratios.
import { createServer, request as httpRequest } from 'node:http';
import { json } from 'node:stream/consumers';

/** The text of a delta; readers count it in whatever format they receive. */
const DELTA = 'tok~';

const eventOf = (choice) =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-1790000000-bench',
    object: 'chat.completion.chunk',
    created: 1790000000,
    model: 'any',
    system_fingerprint: 'fp_bench',
    choices: [{ index: 0, ...choice }],
  })}\n\n`;
const EVENT = eventOf({ delta: { content: DELTA }, finish_reason: null });
const END = `${eventOf({ delta: {}, finish_reason: 'stop' })}data: [DONE]\n\n`;

/**
 * Starts the model. Each stream is known by the content of its last message.
 *
 * `send(id)` sends an event of a stream, `end(id)` its end, `flood(id, bytes)` as many as its connection takes.
 */
export async function startModel() {
  const streams = new Map();
  const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    const { messages } = await json(request);
    const content = messages.at(-1).content;
    const id = typeof content === 'string' ? content : content[0].text;
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    streams.set(id, response);
    response.once('close', () => streams.delete(id));
    response.write(eventOf({ delta: { role: 'assistant', content: '' }, finish_reason: null }));
    response.write(EVENT);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseURL: `http://127.0.0.1:${server.address().port}/v1`,
    open: () => streams.size,
    send: (id) => streams.get(id)?.write(EVENT),
    end: (id) => streams.get(id)?.end(END),
    flood: (id, bytes) => flood(streams.get(id), bytes),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function flood(response, bytes) {
  let sent = 0;
  const event = eventOf({ delta: { content: 'x'.repeat(200) }, finish_reason: null });
  const send = () => {
    while (sent < bytes && !response.destroyed) {
      sent += event.length;
      if (!response.write(event)) return void response.once('drain', send);
    }
  };
  send();
  return () => sent;
}

/**
 * Opens a stream through a relay.
 *
 * @param onDeltas - Called with the number of deltas in each read.
 * @returns The request; `destroy` leaves.
 */
export function openReader(port, id, onDeltas, onEnd = () => undefined) {
  const request = httpRequest({
    port,
    host: '127.0.0.1',
    path: '/v1/chat/completions',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    agent: false,
  });
  request.on('error', () => undefined).once('close', onEnd);
  request.on('response', (response) => {
    response.setEncoding('latin1').on('error', () => undefined);
    let rest = '';
    response.on('data', (read) => {
      const parts = (rest + read).split(DELTA);
      rest = parts.at(-1).slice(1 - DELTA.length);
      if (parts.length > 1) onDeltas(parts.length - 1);
    });
    request.response = response;
  });
  const messages = [{ role: 'user', content: id }];
  request.end(JSON.stringify({ model: 'any', stream: true, messages }));
  return request;
}
