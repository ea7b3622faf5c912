import * as t from 'io-ts';
import { firstValueFrom, lastValueFrom, of, toArray } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { ChatConfig } from '../../lib/call/config';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import type { Reply } from '../../lib/testing';
import { startScriptedServer, type ScriptedServer } from '../../lib/testing/server';
import { runTools$ } from '../../lib/tools/runTools';
import { tool } from '../../lib/tools/tool';

/** Globals of browsers and Node that Expo does not have. */
const MISSING = ['Request', 'TextDecoderStream', 'ReadableStreamBYOBReader'] as const;

const kept = MISSING.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
beforeAll(() => {
  for (const name of MISSING) Reflect.deleteProperty(globalThis, name);
});
afterAll(() => {
  for (const [name, property] of kept) if (property) Object.defineProperty(globalThis, name, property);
});

/** A `fetch` with the limits of Expo's: the URL is a text, the init has few fields, and only `getReader()` reads the body. */
const expoFetch = async (url: unknown, init: RequestInit = {}): Promise<unknown> => {
  if (typeof url !== 'string') throw new TypeError('the URL must be a text');
  const { method, headers, body, signal } = init;
  const response = await fetch(url, { method, headers, body, signal });
  const read = response.body;
  return {
    status: response.status,
    headers: response.headers,
    body: read && { getReader: () => read.getReader() },
  };
};

const request = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] } as const;
const time = tool({ name: 'time', input: t.type({}), run: () => of('noon') });

let server: ScriptedServer | undefined;
afterEach(() => server?.close());

/** Starts a server, and returns a config for it. */
async function serving(...replies: readonly Reply[]): Promise<ChatConfig> {
  server = await startScriptedServer({ replies });
  return { baseURL: server.baseURL, fetch: expoFetch as typeof fetch };
}

describe('a fetch with the limits of Expo', () => {
  it('streams an answer', async () => {
    const config = await serving('Grüße 🌊 there');
    const texts = await lastValueFrom(chatCompletion$(config, request).pipe(accumulateContent(), toArray()));
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.at(-1)).toBe('Grüße 🌊 there');
  });

  it('stops the model', async () => {
    const config = await serving({ parts: ['Hel', { stall: 60_000 }] });
    expect(await firstValueFrom(chatCompletion$(config, request).pipe(accumulateContent()))).toBe('Hel');
    while (server?.requests[0]?.aborted !== true) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('runs tools', async () => {
    const config = await serving({ parts: [{ toolCall: { name: 'time', arguments: {} } }] }, 'It is noon');
    const end = await lastValueFrom(runTools$((next) => chatCompletion$(config, next), request, [time]));
    expect(end).toMatchObject({ type: 'done', reason: 'answered' });
  });

  it.each<[string, Reply, object]>([
    ['an HTTP error', { status: 404, message: 'no such model' }, { _tag: 'HttpError', status: 404 }],
    ['a cut answer', { parts: ['Hel', { cut: 'body' }] }, { _tag: 'TruncatedError' }],
  ])('reports %s', async (_, reply, error) => {
    const config = await serving(reply);
    await expect(lastValueFrom(chatCompletion$(config, request))).rejects.toMatchObject(error);
  });
});
