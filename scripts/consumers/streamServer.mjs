import { createServer } from 'node:http';

export const answer = 'Grüße aus dem Strom 🌊';

/**
 * Starts a server that streams {@link answer}, one character a chunk, in writes that end inside characters and line ends.
 *
 * With `/held` after its base URL, a consumer receives half of the answer, and the rest after a `POST` to `/rest`. One that
 * renders frames would show an answer at once that arrives between two of them.
 *
 * @returns A promise of the server. `baseURLFor(name)` is the base URL for one consumer, `streamsTo(name)` the number of
 * responses that the consumer has read to the end.
 */
export async function startStreamServer() {
  const streams = new Map();
  /** Sends the rest of the answer to a consumer. */
  const release = new Map();
  const server = createServer((request, response) => {
    const [, name, held, path] = /^\/([^/]+)\/v1(\/held)?\/(chat\/completions|rest)$/.exec(request.url) ?? [];
    if (path === 'rest') {
      release.get(name)?.();
      response.end();
      return;
    }
    if (request.method !== 'POST' || name === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let sent = 0;
    let isHeld = held !== undefined;
    release.set(name, () => (isHeld = false));
    const timer = setInterval(() => {
      if (isHeld && sent > body.length / 2) return;
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
