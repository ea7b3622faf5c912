import { createServer } from 'node:http';

export const answer = 'Grüße aus dem Strom 🌊';

/**
 * Starts a server that streams {@link answer}, one character a chunk, in writes that end inside characters and line ends.
 *
 * Below `/held` it stops in the middle until a POST to `/continue`. A consumer that draws by frames sends it once it has
 * drawn the first half: on a busy machine all of the answer would fit into one frame.
 *
 * @returns A promise of the server. `baseURLFor(name)` is the base URL for one consumer, `streamsTo(name)` the number of
 * responses that the consumer has read to the end.
 */
export async function startStreamServer() {
  const streams = new Map();
  const continued = new Set();
  const server = createServer((request, response) => {
    const [, name, held, path] =
      /^\/([^/]+)\/v1(\/held)?\/(chat\/completions|continue)$/.exec(request.url) ?? [];
    if (request.method !== 'POST' || name === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (path === 'continue') {
      continued.add(name);
      response.writeHead(204).end();
      return;
    }
    continued.delete(name);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let sent = 0;
    const timer = setInterval(() => {
      if (held && sent > body.length / 2 && !continued.has(name)) return;
      response.write(body.subarray(sent, (sent += 97)));
      if (sent < body.length) return;
      clearInterval(timer);
      response.end(() => streams.set(name, (streams.get(name) ?? 0) + 1));
    }, 2);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseURLFor: (name) => `http://127.0.0.1:${server.address().port}/${name}/v1`,
    streamsTo: (name) => streams.get(name) ?? 0,
    close: () => server.close(),
  };
}

function frame(choices, rest) {
  const chunk = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'any',
    choices,
    ...rest,
  };
  return `data: ${JSON.stringify(chunk)}\r\n\r\n`;
}

const body = Buffer.from(
  [
    ...[...answer].map((content) => frame([{ index: 0, delta: { content }, finish_reason: null }])),
    frame([{ index: 0, delta: {}, finish_reason: 'stop' }]),
    frame([], { usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } }),
    'data: [DONE]\r\n\r\n',
  ].join(''),
);
