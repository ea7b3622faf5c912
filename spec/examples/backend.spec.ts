import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { firstValueFrom } from 'rxjs';

import { backend$, type Backend } from '../../examples/chat/backend';
import { ollamaBaseURL } from '../../examples/chat/ollama';

let server: Server | undefined;
let backend: Backend | undefined;
afterEach(() => {
  backend?.close();
  server?.closeAllConnections();
  server?.close();
  [backend, server] = [undefined, undefined];
});

/** Starts a server and returns its base URL. */
async function listen(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

/** Starts a server that responds to a request for its models when `respond` is called. */
async function startOllama(models: readonly string[]): Promise<{ baseURL: string; respond: () => void }> {
  let respond = (): void => undefined;
  const isReleased = new Promise<void>((resolve) => (respond = resolve));
  const baseURL = await listen((_, response) => {
    void isReleased.then(() => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ object: 'list', data: models.map((id) => ({ id, object: 'model' })) }));
    });
  });
  return { baseURL, respond };
}

/** A port that nothing listens on. */
async function closedPort(): Promise<string> {
  const { baseURL } = await startOllama([]);
  await new Promise((resolve) => server?.close(resolve));
  return baseURL;
}

async function choose(
  model: string | undefined,
  ollama: { baseURL: string; from?: string; waitMs?: number; onWait?: () => void },
): Promise<{ backend: Backend; lines: readonly string[] }> {
  const lines: string[] = [];
  const print = (text: string): void => {
    lines.push(text);
    if (text !== '') ollama.onWait?.();
  };
  const screen = { live: true, info: print, status: print };
  backend = await firstValueFrom(backend$({ model, from: '--model' }, { ...ollama, screen }));
  return { backend, lines };
}

describe('the server of the terminal program', () => {
  it('is Ollama, which gets time to respond', async () => {
    const { baseURL, respond } = await startOllama(['nomic-embed-text', 'llama3.2']);
    const { backend: chosen, lines } = await choose(undefined, { baseURL, onWait: respond });
    expect(chosen).toMatchObject({ model: 'llama3.2', scripted: false, config: { baseURL } });
    expect(lines).toEqual(['Waiting for Ollama…', '']);
  });

  it('is the scripted model if Ollama is not running', async () => {
    const { backend: chosen } = await choose(undefined, { baseURL: await closedPort() });
    expect(chosen.scripted).toBe(true);
    expect(chosen.banner).toMatch(
      /^Scripted model on \S+ \(Ollama is not running on 127\.0\.0\.1:\d+\)\nFor a real model, start Ollama, or name a server with --base-url\.$/,
    );
  });

  it('is the scripted model if OLLAMA_HOST is wrong, with what happened at its address', async () => {
    const { backend: refused } = await choose(undefined, {
      baseURL: await closedPort(),
      from: 'OLLAMA_HOST',
    });
    expect(refused.banner).toMatch(
      /^Scripted model on \S+ \(Ollama is not running on 127\.0\.0\.1:\d+\)\nOLLAMA_HOST names this address of Ollama: start Ollama there, or correct or unset OLLAMA_HOST\.$/,
    );
    refused.close();
    const { backend: invalid } = await choose(undefined, {
      baseURL: ollamaBaseURL('a b'),
      from: 'OLLAMA_HOST',
    });
    expect(invalid.banner).toContain(
      '(Ollama on a b:11434 cannot be used: OLLAMA_HOST is not a valid URL: check its host and port)\n',
    );
    invalid.close();
    const { backend: withPassword } = await choose(undefined, {
      baseURL: ollamaBaseURL('user:p@ss@gpu'),
      from: 'OLLAMA_HOST',
    });
    expect(withPassword.banner).toContain(
      '(Ollama on gpu:11434 cannot be used: OLLAMA_HOST must not contain a user name or password',
    );
    withPassword.close();
    await expect(choose('llama3.2', { baseURL: await closedPort(), from: 'OLLAMA_HOST' })).rejects.toThrow(
      /^Ollama is not running on \S+\. Start it with ollama serve, correct OLLAMA_HOST, or name another server/,
    );
  });

  it('is the scripted model if Ollama does not respond in time', async () => {
    const { baseURL } = await startOllama([]);
    const { backend: chosen } = await choose(undefined, { baseURL, waitMs: 500 });
    expect(chosen.banner).toMatch(/\(Ollama on 127\.0\.0\.1:\d+ did not respond within 0\.5 s\)\n/);
  });

  it.each([
    ['no models', []],
    ['models for embeddings only', ['nomic-embed-text:latest', 'bge-m3:latest', 'all-minilm:latest']],
  ])('is the scripted model if Ollama has %s', async (_, models) => {
    const { baseURL, respond } = await startOllama(models);
    respond();
    const { backend: chosen } = await choose(undefined, { baseURL });
    expect(chosen.banner).toContain(
      '(Ollama has no chat model)\nFor a real model, run ollama pull llama3.2.',
    );
  });

  it('is Ollama for a named model, also if it does not list the model', async () => {
    const { baseURL, respond } = await startOllama([]);
    respond();
    const { backend: chosen } = await choose('llama3.2', { baseURL });
    expect(chosen).toMatchObject({ model: 'llama3.2', scripted: false });
  });

  it('is a named server, which gets time to list its models', async () => {
    const { baseURL, respond } = await startOllama(['gpt']);
    const lines: string[] = [];
    const status = (text: string): void => {
      lines.push(text);
      respond();
    };
    const screen = { live: true, info: status, status };
    backend = await firstValueFrom(backend$({ baseURL, from: '--base-url' }, { baseURL, screen }));
    expect(backend).toMatchObject({ model: 'gpt', scripted: false, config: { baseURL } });
    expect(lines).toEqual([`Waiting for ${baseURL}…`, '']);
  });

  it('is a named server that lists no models, if a model is named', async () => {
    const baseURL = await listen((_, response) => response.writeHead(404).end('404 page not found'));
    const screen = { live: false, info: () => undefined, status: () => undefined };
    const chosen$ = (model?: string) => backend$({ baseURL, model, from: '--base-url' }, { baseURL, screen });
    await expect(firstValueFrom(chosen$())).rejects.toThrow(
      /^No models are listed: 404 page not found .*name a model with --model\.$/,
    );
    expect(await firstValueFrom(chosen$('gpt'))).toMatchObject({ model: 'gpt', scripted: false });
  });

  it('is never the scripted model for a named model', async () => {
    await expect(choose('llama3.2', { baseURL: await closedPort() })).rejects.toThrow(
      /^Ollama is not running on 127\.0\.0\.1:\d+\. Start it with ollama serve, or name another server with --base-url\.$/,
    );
    const { baseURL } = await startOllama([]);
    await expect(choose('llama3.2', { baseURL, waitMs: 500 })).rejects.toThrow(
      /did not respond within 0\.5 s\. /,
    );
  });
});

describe('ollamaBaseURL', () => {
  it.each([
    [undefined, 'http://127.0.0.1:11434/v1'],
    ['', 'http://127.0.0.1:11434/v1'],
    ['0.0.0.0', 'http://127.0.0.1:11434/v1'],
    [':8080', 'http://127.0.0.1:8080/v1'],
    ['gpu', 'http://gpu:11434/v1'],
    ['gpu:8080', 'http://gpu:8080/v1'],
    ['[::1]:8080', 'http://[::1]:8080/v1'],
    ['http://gpu:8080/', 'http://gpu:8080/v1'],
    ['https://gpu.example', 'https://gpu.example/v1'],
    ['user:pw@gpu', 'http://user:pw@gpu:11434/v1'],
    ['http://user:pw@gpu:8080', 'http://user:pw@gpu:8080/v1'],
  ])('reads OLLAMA_HOST %j', (host, baseURL) => {
    expect(ollamaBaseURL(host)).toBe(baseURL);
  });
});
