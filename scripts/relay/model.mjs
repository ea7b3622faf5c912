import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

/** The answer of the model `short`. */
export const answer = 'Grüße aus dem Strom 🌊';

/**
 * Starts a model's server.
 *
 * `short` sends {@link answer}, `slow` sends a word every 10 ms without end, and `paced` sends a number each time that `next()` is
 * called.
 *
 * @returns A promise of the server. `open()` is the number of connections whose response has not ended, `served()` that of requests.
 */
export async function startModel() {
  let open = 0;
  let served = 0;
  let sendNext = () => undefined;
  const server = createServer(async (request, response) => {
    open += 1;
    served += 1;
    response.once('close', () => (open -= 1));
    const { model } = JSON.parse(await text(request).catch(() => '{}'));
    if (response.destroyed) return;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(roleEvent);
    if (model === 'short') {
      for (const character of answer) response.write(textEvent(character));
      response.end(`${finishEvent}data: [DONE]\n\n`);
    } else if (model === 'paced') {
      let sent = 0;
      sendNext = () => response.write(textEvent(`${(sent += 1)} `));
      sendNext();
    } else {
      const timer = setInterval(() => response.write(textEvent('word ')), 10);
      response.once('close', () => clearInterval(timer));
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseURL: `http://127.0.0.1:${server.address().port}/v1`,
    open: () => open,
    served: () => served,
    next: () => sendNext(),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const event = (choice) =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'any',
    choices: [{ index: 0, ...choice }],
  })}\n\n`;

const textEvent = (content) => event({ delta: { content }, finish_reason: null });

const roleEvent = event({ delta: { role: 'assistant', content: '' }, finish_reason: null });

const finishEvent = event({ delta: {}, finish_reason: 'stop' });
