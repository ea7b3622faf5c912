import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';

import { lastValueFrom, toArray, type Observable } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { isChatError, type ChatError } from '../../lib/errors';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import { fetchTransport } from '../../lib/transport/fetchTransport';
import { isResponseHead, type TransportRequest } from '../../lib/transport/transport';
import { bytesOf } from '../helpers/reads';

const request: TransportRequest = { method: 'GET', url: 'http://localhost/v1/models', headers: {} };
const chat = { model: 'any', messages: [] };
const event = (content: string): string =>
  `data: {"choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`;
const parts = [
  event('Hel'),
  event('lo'),
  'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
];
const events = { 'content-type': 'text/event-stream' };

/** A fetch that resolves with anything. */
const fetchOf = (response: unknown): typeof fetch =>
  (() => Promise.resolve(response)) as unknown as typeof fetch;
const withBody = (body: unknown, headers: unknown = new Headers(events)): typeof fetch =>
  fetchOf({ status: 200, type: 'basic', headers, body });

async function* generated(reads: readonly unknown[]): AsyncGenerator {
  for (const read of reads) yield await Promise.resolve(read);
}

const streamOf = (reads: readonly unknown[]): ReadableStream<unknown> =>
  new ReadableStream({
    start: (controller) => {
      for (const read of reads) controller.enqueue(read);
      controller.close();
    },
  });
const bufferOf = (text: string): ArrayBuffer => bytesOf(text).buffer as ArrayBuffer;
const sharedOf = (text: string): SharedArrayBuffer => {
  const shared = new SharedArrayBuffer(bytesOf(text).length);
  new Uint8Array(shared).set(bytesOf(text));
  return shared;
};

async function errorOf(source$: Observable<unknown>): Promise<ChatError> {
  const error = await lastValueFrom(source$).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (isChatError(error)) return error;
  throw new Error('expected an error of this library', { cause: error });
}

describe('fetchTransport with a body', () => {
  it.each<[string, () => unknown]>([
    ['of a web stream', () => new Response(parts.join('')).body],
    ['of a Node stream of buffers (node-fetch)', () => Readable.from(parts.map((part) => Buffer.from(part)))],
    ['of a Node stream of text', () => Readable.from(parts, { encoding: 'utf8' })],
    ['of an async generator', () => generated(parts.map((part) => bytesOf(part)))],
    ['of text reads', () => generated(parts)],
    ['of ArrayBuffer reads', () => generated(parts.map(bufferOf))],
    ['of SharedArrayBuffer reads', () => generated(parts.map(sharedOf))],
    ['of DataView reads', () => generated(parts.map((part) => new DataView(bufferOf(part))))],
    ['of a web stream of ArrayBuffers', () => streamOf(parts.map(bufferOf))],
    ['of a web stream of text', () => streamOf(parts)],
    ['of a Blob', () => new Blob(parts)],
    ['of text', () => parts.join('')],
    ['of an ArrayBuffer', () => bufferOf(parts.join(''))],
  ])('%s reads the answer', async (_, body) => {
    const text$ = chatCompletion$({ fetch: withBody(body()) }, chat).pipe(accumulateContent());
    expect(await lastValueFrom(text$)).toBe('Hello');
  });

  it.each<[string, unknown]>([
    ['plain headers', events],
    ['a Map of headers', new Map(Object.entries({ 'Content-Type': 'text/event-stream' }))],
    ['a list of headers', [['Content-Type', 'text/event-stream']]],
  ])('and %s reads the answer', async (_, headers) => {
    const text$ = chatCompletion$({ fetch: withBody(generated(parts), headers) }, chat).pipe(
      accumulateContent(),
    );
    expect(await lastValueFrom(text$)).toBe('Hello');
  });

  it('that is empty emits the head alone', async () => {
    const values$ = fetchTransport({ fetch: fetchOf({ status: 204, headers: new Headers(), body: null }) })(
      request,
    );
    expect(await lastValueFrom(values$.pipe(toArray()))).toEqual([{ status: 204, headers: {} }]);
  });

  it.each<[string, object]>([
    ['alone', {}],
    [
      'and as bytes that React Native does not implement',
      { arrayBuffer: () => Promise.reject(new Error('FileReader.readAsArrayBuffer')) },
    ],
  ])('as text %s reads it at once', async (_, other) => {
    const response = {
      status: 200,
      headers: new Headers(events),
      text: () => Promise.resolve(parts.join('')),
      ...other,
    };
    const text$ = chatCompletion$({ fetch: fetchOf(response) }, chat).pipe(accumulateContent());
    expect(await lastValueFrom(text$)).toBe('Hello');
  });
});

describe('fetchTransport, where the release of a body', () => {
  const reading = (cancel: unknown): unknown => ({
    getReader: () => ({ read: () => new Promise(() => undefined), cancel }),
  });
  const thrown = (): never => {
    throw new Error('not supported');
  };

  it.each<[string, unknown]>([
    ['returns nothing', reading(() => undefined)],
    ['throws', reading(thrown)],
    ['is missing', reading(undefined)],
    [
      'of a Node stream throws',
      { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }), destroy: thrown },
    ],
    [
      'of an iterator throws',
      { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined), return: thrown }) },
    ],
  ])('%s, unsubscribes without an error', async (_, body) => {
    const subscription = fetchTransport({ fetch: withBody(body) })(request).subscribe();
    await new Promise(setImmediate);
    expect(() => subscription.unsubscribe()).not.toThrow();
  });
});

describe('fetchTransport, where a response cannot be read,', () => {
  const locked = new Response('x').body;
  locked?.getReader();

  it.each<[string, typeof fetch, RegExp]>([
    ['a body of another kind', withBody({ pipe: () => undefined }), /a body of type Object; pass a fetch/],
    ['a number as the body', withBody(5), /a body of type Number/],
    ['a body that was read before', withBody(locked), /already read: read a clone\(\); pass a fetch/],
    [
      'JSON alone',
      fetchOf({ status: 200, json: () => Promise.resolve({}) }),
      /emitted a value of type undefined/,
    ],
    ['the data of axios', fetchOf({ status: 200, headers: events, data: '' }), /value of type undefined/],
    ['reads of another kind', withBody(generated([5])), /emitted a value of type Number/],
    ['reads that are objects', withBody(generated([new Date(0)])), /emitted a value of type Date/],
    ['no response', fetchOf(undefined), /the response has no status/],
    ['a response without a status', fetchOf({ ok: true }), /the response has no status/],
    [
      'headers that throw',
      withBody(null, {
        [Symbol.iterator]: () => {
          throw new TypeError('broken');
        },
      }),
      /cannot be read \(broken\); pass a fetch that follows the Fetch standard/,
    ],
  ])('names %s in a RequestError that is not retryable', async (_, fetch, message) => {
    const error = await errorOf(fetchTransport({ fetch })(request));
    expect([error._tag, error.retryable]).toEqual(['RequestError', false]);
    expect(error.message).toMatch(message);
  });

  it('errors with a RequestError without TextDecoder', async () => {
    const { TextDecoder } = globalThis;
    try {
      Reflect.deleteProperty(globalThis, 'TextDecoder');
      const error = await errorOf(chatCompletion$({ fetch: withBody(generated(parts)) }, chat));
      expect([error._tag, error.retryable]).toEqual(['RequestError', false]);
      expect(error.message).toMatch(/TextDecoder/);
    } finally {
      globalThis.TextDecoder = TextDecoder;
    }
  });
});

describe('fetchTransport with a response without a status', () => {
  it.each<[string, unknown]>([
    ['Response.error()', Response.error()],
    ['the response to the mode no-cors', { status: 0, type: 'opaque', headers: new Headers(), body: null }],
  ])('fails at %s as at a lost connection', async (_, response) => {
    expect(await errorOf(chatCompletion$({ fetch: fetchOf(response) }, chat))).toMatchObject({
      ...{ _tag: 'ConnectionError', phase: 'connect', retryable: true },
    });
  });
});

describe('fetchTransport with a Node stream', () => {
  const endless = (): Readable => new Readable({ read: () => undefined });

  it('destroys it at an unsubscribe during a read', async () => {
    const body = endless();
    await new Promise((resolve) => {
      const subscription = fetchTransport({ fetch: withBody(body) })(request).subscribe(() => {
        setTimeout(() => {
          subscription.unsubscribe();
          resolve(undefined);
        });
      });
    });
    expect(body.destroyed).toBe(true);
  });

  it('reports a broken connection once, and leaves no uncaught error', async () => {
    const body = endless();
    const error = errorOf(fetchTransport({ fetch: withBody(body) })(request));
    setTimeout(() => body.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })));
    expect(await error).toMatchObject({ _tag: 'ConnectionError', phase: 'body', code: 'ECONNRESET' });
  });

  it('listens for an error that is emitted before the first read', () => {
    const body = endless();
    const emitted: unknown[] = [];
    const subscription = fetchTransport({ fetch: withBody(body) })(request).subscribe((part) => {
      emitted.push(isResponseHead(part));
      subscription.unsubscribe();
      body.emit('error', new Error('late'));
    });
    expect(emitted).toEqual([]);
  });
});

describe('fetchTransport with a foreign AbortController', () => {
  class ForeignSignal extends EventTarget {
    aborted = false;
  }
  class ForeignController {
    readonly signal = new ForeignSignal();
    abort(): void {
      this.signal.aborted = true;
    }
  }
  const { AbortController } = globalThis;
  beforeEach(() => {
    globalThis.AbortController = ForeignController as unknown as typeof AbortController;
  });
  afterEach(() => {
    globalThis.AbortController = AbortController;
  });

  it('sends the request without a signal', async () => {
    const signals: unknown[] = [];
    const strict = ((_: string, init: RequestInit) => {
      signals.push(init.signal?.constructor.name);
      // What Node's fetch checks.
      const checked = new Request('http://localhost', { signal: init.signal ?? null });
      return Promise.resolve(new Response(checked.url && parts.join(''), { headers: events }));
    }) as typeof fetch;
    const text$ = chatCompletion$({ fetch: strict }, chat).pipe(accumulateContent());
    expect(await lastValueFrom(text$)).toBe('Hello');
    expect(signals).toEqual(['ForeignSignal', undefined]);
  });

  it('works without any AbortController', async () => {
    Reflect.deleteProperty(globalThis, 'AbortController');
    const text$ = chatCompletion$({ fetch: withBody(generated(parts)) }, chat).pipe(accumulateContent());
    expect(await lastValueFrom(text$)).toBe('Hello');
  });

  // Deno quotes the URL, and Chrome the host.
  it.each([
    'fetch failed',
    'error sending request for url (http://signal.example.com/v1)',
    'Failed to fetch (signal.example.com)',
  ])('sends a request that failed for another reason once: %s', async (reason) => {
    let sent = 0;
    const broken = (() => {
      sent += 1;
      return Promise.reject(new TypeError(reason));
    }) as unknown as typeof fetch;
    expect((await errorOf(fetchTransport({ fetch: broken })(request)))._tag).toBe('ConnectionError');
    expect(sent).toBe(1);
  });
});

describe('fetchTransport with a fetch that rejects at a status other than 2xx', () => {
  it.each([
    ['by itself', (response: Response) => response],
    [
      'in an error, as ky and ofetch do',
      (response: Response) => Object.assign(new Error('503'), { response }),
    ],
  ])('reads the response that it rejects with %s', async (_, reasonOf) => {
    const response = new Response('{"error":{"message":"busy"}}', { status: 503 });
    const fetch = jest.fn().mockRejectedValue(reasonOf(response));
    expect(await errorOf(chatCompletion$({ fetch }, chat))).toMatchObject({
      ...{ _tag: 'HttpError', status: 503, serverMessage: 'busy', retryable: true },
    });
  });

  it('reports an error with a status as it is', async () => {
    const fetch = () => Promise.reject(Object.assign(new Error('down'), { status: 503 }));
    expect(await errorOf(chatCompletion$({ fetch }, chat))).toMatchObject({
      ...{ _tag: 'ConnectionError', message: expect.stringContaining('down') as string },
    });
  });

  it('reports its status if its body was read already, as ofetch does', async () => {
    const response = new Response('{"error":{"message":"bad key"}}', { status: 401 });
    await response.text();
    const fetch = () => Promise.reject(Object.assign(new Error('401 Unauthorized'), { response }));
    expect(await errorOf(chatCompletion$({ fetch }, chat))).toMatchObject({
      ...{ _tag: 'HttpError', status: 401, body: '', retryable: false },
    });
  });

  it.each([null, undefined, {}, { status: 'none' }, { status: 401, url: 'https://tokens.example.com/v1' }])(
    'but not if that is %j',
    async (response) => {
      const fetch = () => Promise.reject(Object.assign(new Error('down'), { response }));
      expect(await errorOf(chatCompletion$({ fetch }, chat))).toMatchObject({ _tag: 'ConnectionError' });
    },
  );
});

describe('one AbortSignal for many concurrent calls', () => {
  it('has one listener, which is removed, and aborts them all', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const endless = fetchOf({
      status: 200,
      headers: events,
      body: new ReadableStream({ pull: () => new Promise(() => undefined) }),
    });
    const finite = (): typeof fetch => withBody(generated(parts));
    const texts = Array.from({ length: 20 }, () =>
      lastValueFrom(chatCompletion$({ fetch: finite(), signal }, chat).pipe(accumulateContent())),
    );
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    expect(await Promise.all(texts)).toEqual(Array.from({ length: 20 }, () => 'Hello'));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);

    const errors = Array.from({ length: 20 }, () =>
      errorOf(chatCompletion$({ fetch: endless, signal }, chat)),
    );
    controller.abort();
    expect((await Promise.all(errors)).map(({ _tag }) => _tag)).toEqual(
      Array.from({ length: 20 }, () => 'AbortedError'),
    );
  });
});
