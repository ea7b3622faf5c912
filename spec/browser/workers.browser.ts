import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';

import { build } from 'esbuild';
import type { Browser } from 'playwright-core';

import { startScriptedServer, type ScriptedServer } from '../../lib/testing/server';
import { launch } from './chromium';
import { until } from './page';

// A Worker and a Service Worker have no document, no frames and no storage, and their `self` is not a window.

/** Runs each flow in turn when a port arrives with a base URL, and posts the results, an entry for each flow. */
const FLOWS = `
  import * as t from 'io-ts';
  import { firstValueFrom, lastValueFrom, of } from 'rxjs';
  import { accumulateContent, chatCompletion$ } from './lib/index.ts';
  import { runTools$, tool } from './lib/tools/index.ts';

  const request = { model: 'any', messages: [{ role: 'user', content: 'hello' }] };
  const time = tool({ name: 'time', input: t.type({}), run: () => of('noon') });

  async function flows(baseURL) {
    const text$ = chatCompletion$({ baseURL }, request).pipe(accumulateContent());
    const failure = () => lastValueFrom(text$).then(() => 'no error', ({ _tag }) => _tag);
    const run$ = runTools$((next) => chatCompletion$({ baseURL }, next), request, [time]);
    return {
      scope: self.constructor.name,
      streamed: await lastValueFrom(text$),
      stopped: await firstValueFrom(text$),
      withTool: (await lastValueFrom(run$)).messages.at(-1).content,
      failed: await failure(),
      cutOff: await failure(),
    };
  }

  self.addEventListener('message', ({ data: baseURL, ports: [port] }) => {
    flows(baseURL).then(
      (results) => port.postMessage(results),
      (error) => port.postMessage({ error: String(error) }),
    );
  });`;

/** Defines `flowsIn(kind, baseURL)` in a page. */
const PAGE = `<!doctype html><title>An app</title><script>
  const started = {
    Worker: async () => new Worker('/flows.js'),
    ServiceWorker: async () => {
      await navigator.serviceWorker.register('/flows.js');
      return (await navigator.serviceWorker.ready).active;
    },
  };
  globalThis.flowsIn = async (kind, baseURL) => {
    const worker = await started[kind]();
    const { port1, port2 } = new MessageChannel();
    const answered = new Promise((done) => (port1.onmessage = ({ data }) => done(data)));
    worker.postMessage(baseURL, [port2]);
    return answered;
  };
</script>`;

let browser: Browser;
let app: Server;
let model: ScriptedServer;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: FLOWS, resolveDir: resolve(__dirname, '../..') },
    bundle: true,
    format: 'iife',
    write: false,
    logLevel: 'error',
  });
  const script = outputFiles[0]!.text;
  app = createServer(({ url }, response) => {
    const [type, body] = url === '/flows.js' ? ['text/javascript', script] : ['text/html', PAGE];
    response.setHeader('content-type', type).end(body);
  });
  await new Promise<void>((listening) => app.listen(0, '127.0.0.1', listening));
  browser = await launch();
});
beforeEach(async () => {
  model = await startScriptedServer({
    replies: [
      'Hello there',
      { parts: ['Hel', { stall: 60_000 }] },
      { parts: [{ toolCall: { name: 'time', arguments: {} } }] },
      'It is noon',
      { status: 400, message: 'no such field' },
      { parts: ['Hel', { cut: 'body' }] },
    ],
  });
});
afterEach(() => model.close());
afterAll(async () => {
  await browser.close();
  app.close();
});

describe.each([
  ['Worker', 'DedicatedWorkerGlobalScope'],
  ['ServiceWorker', 'ServiceWorkerGlobalScope'],
])('a %s', (kind, scope) => {
  it('streams, stops, calls tools, and reports failures and cut answers', async () => {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      // Localhost is a secure context, which a service worker needs.
      await page.goto(`http://localhost:${(app.address() as AddressInfo).port}/`);
      const results = await page.evaluate(
        ([given, baseURL]) =>
          (globalThis as unknown as { flowsIn: (...args: unknown[]) => Promise<unknown> }).flowsIn(
            given,
            baseURL,
          ),
        [kind, model.baseURL] as const,
      );
      expect(results).toEqual({
        scope,
        streamed: 'Hello there',
        stopped: 'Hel',
        withTool: 'It is noon',
        failed: 'HttpError',
        cutOff: 'TruncatedError',
      });
      await until(() => model.requests[1]?.aborted === true, 'the server sees the stop');
    } finally {
      await context.close();
    }
  });
});
