import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';

import { build } from 'esbuild';
import type { Browser } from 'playwright-core';

import { closedPort } from '../helpers/faultServer';
import { selfSigned } from '../transport/selfSigned';
import { launch } from './chromium';

// The messages that a page gets where its browser tells the library nothing but "Failed to fetch".

const servers: Array<{ close: () => unknown }> = [];

async function listen(listener: RequestListener, secure = false): Promise<number> {
  const server = secure ? createHttpsServer(selfSigned, listener) : createHttpServer(listener);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

let browser: Browser;
let script: string;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { chatCompletion$ } from './lib/index.ts';
        globalThis.messageOf = (config) => new Promise((resolve) =>
          chatCompletion$(config, { model: 'any', messages: [] })
            .subscribe({ error: (error) => resolve(error._tag + ': ' + error.message), complete: () => resolve('complete') }));`,
      resolveDir: resolve(__dirname, '../..'),
    },
    bundle: true,
    format: 'iife',
    write: false,
    logLevel: 'error',
  });
  script = outputFiles[0]!.text;
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  for (const server of servers.splice(0)) server.close();
});

const page: RequestListener = (_, response) => {
  response.setHeader('content-type', 'text/html').end('<!doctype html><title>An app</title>');
};

/** Returns the message of a call from a page at `url`. */
async function messageAt(url: string, config: object): Promise<string> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  try {
    const tab = await context.newPage();
    await tab.goto(url);
    await tab.addScriptTag({ content: script });
    return await tab.evaluate(
      (given) =>
        (globalThis as unknown as { messageOf: (config: object) => Promise<string> }).messageOf(given),
      config,
    );
  } finally {
    await context.close();
  }
}

describe('the message of a call that the browser blocks', () => {
  it('names CORS when the server does not allow the origin of the page', async () => {
    const app = await listen(page);
    const target = await listen((_, response) => response.end('data: [DONE]\n\n'));
    const message = await messageAt(`http://localhost:${app}/`, { baseURL: `http://127.0.0.1:${target}/v1` });
    expect(message).toMatch(/^ConnectionError: cannot reach .+ \(CORS\)$/);
  });

  it('reads the same when no server listens, which a page cannot distinguish', async () => {
    const app = await listen(page);
    const message = await messageAt(`http://localhost:${app}/`, {
      baseURL: `http://127.0.0.1:${await closedPort()}/v1`,
    });
    expect(message).toMatch(/it is down, or it does not allow this page's origin \(CORS\)$/);
  });

  it('names OLLAMA_ORIGINS for Ollama', async () => {
    const app = await listen(page);
    const message = await messageAt(`http://localhost:${app}/`, {});
    expect(message).toContain('OLLAMA_ORIGINS');
  });

  it('names mixed content when a page on https calls a server on http', async () => {
    const app = await listen(page, true);
    const message = await messageAt(`https://localhost:${app}/`, { baseURL: 'http://llm.example.com/v1' });
    expect(message).toContain('(mixed content): serve it over https');
  });
});

describe('the message of a server that does not know the path', () => {
  it('names the address without /v1, as it does in Node', async () => {
    const app = await listen(page);
    const target = await listen(({ method }, response) => {
      response.writeHead(method === 'OPTIONS' ? 200 : 404, {
        'access-control-allow-origin': '*',
        'access-control-allow-headers': '*',
      });
      response.end('404 page not found');
    });
    const message = await messageAt(`http://localhost:${app}/`, { baseURL: `http://127.0.0.1:${target}` });
    expect(message).toContain(`most servers need /v1: use baseURL http://127.0.0.1:${target}/v1`);
  });
});
