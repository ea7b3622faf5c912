import { lastValueFrom } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import { NativeURL } from '../helpers/NativeURL';

const kept = Object.getOwnPropertyDescriptor(globalThis, 'URL') as PropertyDescriptor;
beforeAll(() => Object.defineProperty(globalThis, 'URL', { value: NativeURL, configurable: true }));
afterAll(() => Object.defineProperty(globalThis, 'URL', kept));

const baseURL = 'http://10.0.2.2:11434/v1';
const url = `${baseURL}/chat/completions`;
const request = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] } as const;

/** Returns the text of an answer to a fetch that responds as React Native's own does, without a body that streams. */
const textOf = (respond: () => Promise<unknown>): Promise<string> =>
  lastValueFrom(
    chatCompletion$({ baseURL, apiKey: 'sk-abcdefgh', fetch: respond as typeof fetch }, request).pipe(
      accumulateContent(),
    ),
  );

const response = (text: string, more: object = {}) => ({
  status: 200,
  url,
  headers: new Headers({ 'content-type': 'text/event-stream' }),
  arrayBuffer: () => Promise.resolve(new TextEncoder().encode(text).buffer),
  ...more,
});

const answer = `data: {"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`;

describe('the fetch and the URL of React Native before 0.80', () => {
  it('return an answer', async () => {
    expect(await textOf(() => Promise.resolve(response(answer)))).toBe('Hello');
  });

  it.each<[string, () => Promise<unknown>, object]>([
    [
      'a lost connection',
      () => Promise.reject(new TypeError('Network request failed')),
      { _tag: 'ConnectionError', message: `cannot reach ${url}: Network request failed` },
    ],
    [
      'an HTTP error',
      () => Promise.resolve(response('{"error":{"message":"no"}}', { status: 401 })),
      { _tag: 'HttpError', status: 401, serverMessage: 'no' },
    ],
    [
      'a redirect that React Native has not followed',
      () =>
        Promise.resolve(
          response('', {
            status: 307,
            headers: new Headers({ location: 'https://a.example/v1/chat/completions?b=c' }),
          }),
        ),
      {
        _tag: 'ProtocolError',
        message:
          'the server redirects to https://a.example/v1/chat/completions; set baseURL to https://a.example/v1',
      },
    ],
    [
      'a redirect to another origin',
      () => Promise.resolve(response(answer, { url: 'https://user:word@a.example/v1/chat/completions?b=c' })),
      {
        _tag: 'ProtocolError',
        message:
          'the server redirects to https://a.example/v1/chat/completions; set baseURL to https://a.example/v1',
      },
    ],
  ])('report %s', async (_, respond, error) => {
    await expect(textOf(respond)).rejects.toMatchObject(error);
  });
});
