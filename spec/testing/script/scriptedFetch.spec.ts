import { scriptedFetch } from '../../../lib/testing/script/scriptedFetch';

const url = 'http://localhost:11434/v1/chat/completions';
const streamed = (signal?: AbortSignal): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: '{"stream":true}',
  signal,
});

describe('scriptedFetch', () => {
  it('responds with a readable stream', async () => {
    const fetch = scriptedFetch('Hello there');
    const response = await fetch(url, streamed());
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await response.text()).toMatch(/Hello.* there.*\[DONE\]\n\n$/s);
  });

  it('sends each delta in a separate read', async () => {
    const response = await scriptedFetch({ parts: [{ text: ['a', 'b'] }], done: false, finish: null })(
      url,
      streamed(),
    );
    const reads: string[] = [];
    const decoder = new TextDecoder();
    for await (const read of response.body as unknown as AsyncIterable<Uint8Array>)
      reads.push(decoder.decode(read));
    expect(reads.map((read) => /"content":"(.)"/.exec(read)?.[1])).toEqual(['a', 'b']);
  });

  it('responds with JSON to a request without stream', async () => {
    const response = await scriptedFetch('Hello')(url, { ...streamed(), body: '{}' });
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello' } }] });
  });

  it('accepts strings, URLs and Requests, and records them', async () => {
    const fetch = scriptedFetch('Hello');
    await fetch(url, streamed());
    await fetch(new URL(url), streamed());
    await fetch(new Request(url, streamed()));
    await fetch('/v1/models');
    const recorded = fetch.requests.map(({ method, url: at, headers, body }) => [
      method,
      at,
      headers['content-type'],
      body,
    ]);
    const chat = ['POST', url, 'application/json', { stream: true }];
    expect(recorded).toEqual([chat, chat, chat, ['GET', '/v1/models', undefined, undefined]]);
  });

  it('resolves with an error status', async () => {
    const response = await scriptedFetch({
      status: 429,
      message: 'Too many',
      headers: { 'retry-after': '2' },
    })(url, streamed());
    expect([response.status, response.ok, response.headers.get('retry-after')]).toEqual([429, false, '2']);
    expect(await response.json()).toMatchObject({ error: { message: 'Too many' } });
  });

  it('fails as Node does when there is no server or the connection breaks', async () => {
    const fetch = scriptedFetch([{ unreachable: 'ECONNREFUSED' }, { parts: ['a', { cut: 'socket' }] }]);
    await expect(fetch(url, streamed())).rejects.toMatchObject({
      name: 'TypeError',
      message: 'fetch failed',
      cause: { code: 'ECONNREFUSED' },
    });
    const response = await fetch(url, streamed());
    await expect(response.text()).rejects.toMatchObject({
      message: 'terminated',
      cause: { code: 'UND_ERR_SOCKET' },
    });
  });
});

describe('aborting a scripted fetch', () => {
  it('rejects before the head, in the same tick', async () => {
    const controller = new AbortController();
    const fetch = scriptedFetch({ parts: ['a'], headAfterMs: 60_000 });
    const response = fetch(url, streamed(controller.signal));
    controller.abort(new Error('enough'));
    await expect(response).rejects.toThrow('enough');
    expect(fetch.requests[0]?.aborted).toBe(true);
  });

  it('errors the body, in the same tick', async () => {
    const controller = new AbortController();
    const fetch = scriptedFetch({ parts: ['a', { stall: Infinity }] });
    const response = await fetch(url, streamed(controller.signal));
    const reader = response.body?.getReader();
    await reader?.read();
    const read = reader?.read();
    controller.abort();
    await expect(read).rejects.toMatchObject({ name: 'AbortError' });
    expect(fetch.requests[0]?.aborted).toBe(true);
  });

  it('sends nothing when the signal is already aborted', async () => {
    const fetch = scriptedFetch('Hello');
    await expect(fetch(url, streamed(AbortSignal.abort()))).rejects.toMatchObject({ name: 'AbortError' });
    await expect(fetch(new Request(url, streamed(AbortSignal.abort())))).rejects.toThrow();
    expect(fetch.requests).toHaveLength(0);
  });

  it('also happens when the body is cancelled', async () => {
    const fetch = scriptedFetch({ parts: ['a', { stall: Infinity }] });
    const response = await fetch(url, streamed());
    await response.body?.cancel();
    expect(fetch.requests[0]?.aborted).toBe(true);
  });

  it('removes its listener from the signal when the response has ended', async () => {
    const { signal } = new AbortController();
    const remove = jest.spyOn(signal, 'removeEventListener');
    await (await scriptedFetch('Hello')(url, streamed(signal))).text();
    expect(remove).toHaveBeenCalledTimes(1);
  });
});
