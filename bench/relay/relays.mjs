// The servers that are measured between a model and its readers. Each sends what it receives, in its own format.
import { createServer, request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { json, text } from 'node:stream/consumers';

/** Calls a function for each request, and stops what it returns when the reader leaves. */
const server = (handle) => createServer((request, response) => void handle(request, response));

const UPSTREAM = { 'content-type': 'application/json' };
const EVENTS = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };

/** @type {Readonly<Record<string, (baseURL: string) => Promise<import('node:http').Server>>>} */
export const relays = {
  'node:http pipe, bytes': async (baseURL) =>
    server(async (request, response) => {
      const body = await text(request);
      const call = httpRequest(`${baseURL}/chat/completions`, { method: 'POST', headers: UPSTREAM });
      call.once('response', (received) => {
        response.writeHead(received.statusCode, EVENTS);
        received.pipe(response);
      });
      call.on('error', () => response.destroy());
      response.once('close', () => call.destroy());
      call.end(body);
    }),

  'bare fetch pipe': async (baseURL) =>
    server(async (request, response) => {
      const abort = new AbortController();
      response.once('close', () => abort.abort());
      try {
        const received = await fetch(`${baseURL}/chat/completions`, {
          method: 'POST',
          headers: UPSTREAM,
          body: await text(request),
          signal: abort.signal,
        });
        response.writeHead(received.status, EVENTS);
        for await (const read of received.body) if (!response.write(read)) await once(response, 'drain');
        response.end();
      } catch {
        response.destroy(); // The reader has left.
      }
    }),

  'relay() over nodeTransport()': (baseURL) => relayOver(baseURL, true),
  'relay() over fetch': (baseURL) => relayOver(baseURL, false),

  'openai-node, toReadableStream()': async (baseURL) => {
    const { default: OpenAI } = await import('openai');
    const openai = new OpenAI({ baseURL, apiKey: 'any', maxRetries: 0 });
    return server(async (request, response) => {
      const body = await json(request);
      try {
        const stream = await openai.chat.completions.create({ ...body, stream: true });
        response.once('close', () => stream.controller.abort());
        response.writeHead(200, EVENTS);
        Readable.fromWeb(stream.toReadableStream())
          .on('error', () => response.destroy())
          .pipe(response);
      } catch {
        response.destroy();
      }
    });
  },

  'AI SDK, pipeUIMessageStreamToResponse()': async (baseURL) => {
    const { streamText } = await import('ai');
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
    const model = createOpenAICompatible({ name: 'bench', baseURL, apiKey: 'any' }).chatModel('any');
    return server(async (request, response) => {
      const { messages } = await json(request);
      const abort = new AbortController();
      response.once('close', () => abort.abort());
      const result = streamText({
        model,
        messages,
        maxRetries: 0,
        abortSignal: abort.signal,
        onError: () => undefined,
      });
      result.pipeUIMessageStreamToResponse(response);
    });
  },
};

async function relayOver(baseURL, isNode) {
  const { chatCompletion$, fetchTransport } = await import('../../dist/index.js');
  const { nodeTransport } = await import('../../dist/node/index.js');
  const { relay } = await import('../../dist/relay/index.js');
  const { toNode } = await import('../../dist/relay/node/index.js');
  const transport = isNode ? nodeTransport() : fetchTransport();
  const chat = relay({
    answer: ({ request, gate }) => chatCompletion$({ baseURL, gate, transport }, request),
    authorize: () => 'anyone',
    allow: { models: ['any'] },
    limits: { streamsPerUser: Infinity },
  });
  return createServer(toNode(chat));
}
