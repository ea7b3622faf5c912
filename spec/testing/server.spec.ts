import {
  startScriptedServer,
  type ScriptedServer,
  type ScriptedServerOptions,
} from '../../lib/testing/server';
import { until } from '../helpers/until';

let server: ScriptedServer | undefined;

const start = async (options: ScriptedServerOptions): Promise<ScriptedServer> => {
  server = await startScriptedServer(options);
  return server;
};

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const chat = (
  { baseURL }: ScriptedServer,
  { body = { stream: true }, ...init }: Ask = {},
): Promise<Response> =>
  fetch(`${baseURL}/chat/completions`, { method: 'POST', body: JSON.stringify(body), ...init });

type Ask = Omit<RequestInit, 'body'> & { readonly body?: object };

describe('the scripted server', () => {
  it('streams', async () => {
    const response = await chat(await start({ replies: 'Hello there', delayMs: 5 }));
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await response.text()).toMatch(/Hello.* there.*\[DONE\]\n\n$/s);
  });

  it('responds with JSON to a request without stream', async () => {
    const response = await chat(await start({ replies: 'Hello there' }), { body: { model: 'small' } });
    expect(await response.json()).toMatchObject({
      model: 'small',
      choices: [{ message: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' }],
    });
  });

  it('serves models and embeddings, and 404 for other paths', async () => {
    const { baseURL } = await start({ replies: 'Hello', models: ['small'] });
    expect(await (await fetch(`${baseURL}/models`)).json()).toMatchObject({ data: [{ id: 'small' }] });
    const embedded = await fetch(`${baseURL}/embeddings`, { method: 'POST', body: '{"input":["a","b"]}' });
    expect(await embedded.json()).toMatchObject({ data: [{ index: 0 }, { index: 1 }] });
    expect((await fetch(`${baseURL}/nothing`)).status).toBe(404);
  });

  it('fails as scripted, and rejects a body that is not JSON', async () => {
    const { baseURL } = await start({ replies: { status: 429, headers: { 'retry-after': '2' } } });
    const url = `${baseURL}/chat/completions`;
    const failed = await fetch(url, { method: 'POST', body: '{}' });
    expect([failed.status, failed.headers.get('retry-after')]).toEqual([429, '2']);
    expect((await fetch(url, { method: 'POST', body: '{"model":' })).status).toBe(400);
  });

  it('breaks the connection after the data is sent', async () => {
    const response = await chat(await start({ replies: { parts: ['Hello', { cut: 'socket' }] } }));
    const reader = response.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    expect(new TextDecoder().decode(value)).toContain('Hello');
    await expect(reader?.read()).rejects.toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } });
  });

  it('breaks the connection before the head when the script is unreachable', async () => {
    await expect(chat(await start({ replies: { unreachable: 'ECONNREFUSED' } }))).rejects.toThrow(
      'fetch failed',
    );
  });

  it('sends the head before a stall', async () => {
    const response = await chat(await start({ replies: { parts: [{ stall: Infinity }] } }));
    expect(response.status).toBe(200);
  });

  it('marks requests that are aborted before or after the head', async () => {
    const running = await start({
      replies: [{ parts: [], headAfterMs: 60_000 }, { parts: ['a', { stall: Infinity }] }],
    });
    const early = new AbortController();
    const none = chat(running, { signal: early.signal });
    await until(() => running.requests.length === 1);
    early.abort();
    await expect(none).rejects.toThrow();

    const late = new AbortController();
    await chat(running, { signal: late.signal });
    late.abort();
    await until(() => running.requests.every(({ aborted }) => aborted));
    expect(running.requests).toHaveLength(2);
  });

  it('does not mark a request as aborted after a complete response', async () => {
    const running = await start({ replies: 'Hello' });
    await (await chat(running)).text();
    expect(running.requests[0]?.aborted).toBe(false);
  });

  it('records requests', async () => {
    const running = await start({ replies: 'Hello' });
    await chat(running, { headers: { authorization: 'Bearer none' }, body: { model: 'small' } });
    const [request] = running.requests;
    expect(request).toMatchObject({ method: 'POST', body: { model: 'small' }, turn: 0 });
    expect(request?.url).toBe(`${running.baseURL}/chat/completions`);
    expect(request?.headers.authorization).toBe('Bearer none');
  });

  it('rejects when its port is in use', async () => {
    const { port } = await start({ replies: 'Hello' });
    await expect(startScriptedServer({ replies: 'Hello', port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  it('closes while a response is streaming', async () => {
    const running = await start({ replies: { parts: [{ stall: Infinity }] } });
    const response = await chat(running);
    await running.close();
    await expect(response.text()).rejects.toThrow();
    await expect(chat(running)).rejects.toThrow('fetch failed');
  });
});

describe('CORS of the scripted server', () => {
  const preflight = (origin: string) => ({ method: 'OPTIONS', headers: { origin } });

  it('allows local pages the listed headers only', async () => {
    const response = await chat(await start({ replies: 'Hello' }), {
      ...preflight('http://localhost:4200'),
      body: undefined,
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:4200');
    const allowed = response.headers.get('access-control-allow-headers')?.split(',');
    expect(allowed).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'accept', 'x-stainless-os']),
    );
    expect(allowed).toHaveLength(18);
  });

  it('sends the origin in every response, errors included', async () => {
    const running = await start({ replies: ['Hello', { status: 500 }] });
    const origins = [];
    for (const origin of ['http://127.0.0.1:8080', 'file://x']) {
      const response = await chat(running, { headers: { origin } });
      origins.push(response.headers.get('access-control-allow-origin'));
    }
    expect(origins).toEqual(['http://127.0.0.1:8080', 'file://x']);
  });

  it.each(['https://example.com', 'http://localhost.example.com', 'null'])(
    'rejects the origin %s',
    async (origin) => {
      const running = await start({ replies: 'Hello' });
      expect((await chat(running, { headers: { origin } })).status).toBe(403);
      expect(running.requests).toHaveLength(0);
    },
  );
});
