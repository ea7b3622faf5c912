import { firstValueFrom, lastValueFrom, Subject, throwError, type Subscription } from 'rxjs';

import { ChatTimeoutError, ConnectionError, messageOf, ProtocolError, RequestError } from '../../lib/errors';
import { fetchTransport } from '../../lib/transport/fetchTransport';
import type { TransportRequest } from '../../lib/transport/transport';
import { followRequests } from '../helpers/clientRequests';
import { comparable } from '../helpers/marbles';
import { bytesOf } from '../helpers/reads';
import {
  answerOf,
  completeAtZ,
  describeTransport,
  errorOf,
  KEY,
  requestTo,
  serve,
  someTurns,
  untilZ,
} from './contract';

describeTransport('fetchTransport', { transport: fetchTransport(), cutCode: 'UND_ERR_SOCKET' });

describe('fetchTransport', () => {
  it('reuses a connection after an answer that was complete before its body', async () => {
    const server = await serve(completeAtZ);
    const client = followRequests(server.baseURL);
    for (let calls = 0; calls < 3; calls++) {
      await lastValueFrom(fetchTransport()(requestTo(server)).pipe(untilZ));
      await client.ended();
    }
    client.close();
    expect(server.counts.requests).toBe(3);
    expect(server.counts.aborts).toBeLessThanOrEqual(client.overdue);
    expect(server.counts.sockets).toBeLessThanOrEqual(2 + client.overdue);
  });

  it('but not if a browser does not reveal the target', async () => {
    const browser = (() =>
      Promise.resolve({
        type: 'opaqueredirect',
        status: 0,
        headers: new Headers(),
        body: null,
      })) as unknown as typeof fetch;
    const request: TransportRequest = {
      method: 'POST',
      url: '/v1/chat/completions',
      headers: {},
      body: '{}',
    };
    const error = await errorOf(request, fetchTransport({ fetch: browser }));
    expect(comparable(error)).toEqual(
      comparable(new ProtocolError('the server redirects to another URL; check baseURL, or sign in')),
    );
  });
});

/** A `fetch` under a spec's control. */
function scripted(answer: (signal: AbortSignal, turn: number) => Promise<Partial<Response>>): {
  readonly fetch: typeof fetch;
  readonly signals: readonly AbortSignal[];
} {
  const signals: AbortSignal[] = [];
  return {
    signals,
    fetch: ((_: unknown, init: { readonly signal: AbortSignal }) => {
      signals.push(init.signal);
      return answer(init.signal, signals.length);
    }) as unknown as typeof fetch,
  };
}

/** A body that does not end until it is cancelled. */
function endless(reads: readonly string[] = []): {
  readonly response: Response;
  readonly cancelled: () => boolean;
} {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => reads.forEach((read) => controller.enqueue(bytesOf(read))),
    cancel: () => {
      cancelled = true;
    },
  });
  return { response: new Response(body), cancelled: () => cancelled };
}

/** A body that cannot be cancelled. */
const uncancellable = (): ReadableStream<Uint8Array> =>
  new ReadableStream({ cancel: () => Promise.reject(new Error('cannot')) });

/** A promise that rejects with anything, an error or not. */
const rejected = (reason: unknown): Promise<never> => lastValueFrom(throwError((): unknown => reason));

const request: TransportRequest = { method: 'GET', url: 'http://localhost/v1/models', headers: {} };

describe('fetchTransport with a custom fetch', () => {
  it('reports a head timeout of Node as a ChatTimeoutError that is not retryable', async () => {
    const cause = Object.assign(new Error('Headers Timeout Error'), { code: 'UND_ERR_HEADERS_TIMEOUT' });
    const { fetch } = scripted(() => rejected(Object.assign(new TypeError('fetch failed'), { cause })));
    const error = await errorOf(request, fetchTransport({ fetch }));
    expect(comparable(error)).toEqual(comparable(new ChatTimeoutError('head', 300_000, messageOf(error))));
    expect(error).toMatchObject({
      retryable: false,
      message: 'no response head within the time that fetch allows: nodeTransport() waits longer',
    });
  });

  it('redacts the query in a message of fetch', async () => {
    const url = `http://localhost/v1/models?key=${KEY}`;
    const { fetch } = scripted(() => rejected(new TypeError(`Failed to parse ${url}`)));
    const error = await errorOf({ ...request, url }, fetchTransport({ fetch }));
    expect((error as Error).message).toContain('?key=***');
    expect(JSON.stringify(error)).not.toContain(KEY);
  });

  it('looks the global one up at each subscription', async () => {
    const answer$ = fetchTransport()(request);
    const before = globalThis.fetch;
    const asked: string[] = [];
    const named = (name: string): typeof fetch => {
      return () => {
        asked.push(name);
        return Promise.resolve(new Response(name));
      };
    };
    try {
      for (const name of ['first', 'second']) {
        globalThis.fetch = named(name);
        await lastValueFrom(answer$);
      }
    } finally {
      globalThis.fetch = before;
    }
    expect(asked).toEqual(['first', 'second']);
  });

  it.each(['given', 'global'])('calls the %s one unbound, as browsers require', async (which) => {
    const calledOn: unknown[] = [];
    const own = function (this: unknown): Promise<Response> {
      calledOn.push(this);
      return Promise.resolve(new Response('x'));
    };
    const before = globalThis.fetch;
    try {
      if (which === 'global') globalThis.fetch = own;
      const transport = which === 'global' ? fetchTransport() : fetchTransport({ fetch: own });
      await lastValueFrom(transport(request));
      await lastValueFrom(transport({ ...request, headers: { 'api-key': KEY } }));
    } finally {
      globalThis.fetch = before;
    }
    expect(calledOn).toEqual([undefined, undefined]);
  });

  it('errors with a RequestError if there is none', async () => {
    const before = globalThis.fetch;
    try {
      globalThis.fetch = undefined as unknown as typeof fetch;
      const error = await errorOf(request, fetchTransport());
      expect(comparable(error)).toEqual(
        comparable(new RequestError('there is no global fetch: pass one as `fetch` in the config')),
      );
    } finally {
      globalThis.fetch = before;
    }
  });

  describe('aborts its signal in the same tick', () => {
    it('before the head', () => {
      const { fetch, signals } = scripted(() => new Promise(() => undefined));
      const subscription = fetchTransport({ fetch })(request).subscribe();
      expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
      subscription.unsubscribe();
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    });

    it('at the head', async () => {
      const { fetch, signals } = scripted(() => Promise.resolve(endless().response));
      await new Promise<void>((resolve) => {
        const subscription: Subscription = fetchTransport({ fetch })(request).subscribe(() => {
          subscription.unsubscribe();
          expect(signals[0]?.aborted).toBe(true);
          resolve();
        });
      });
    });

    it('during a read', async () => {
      const { fetch, signals } = scripted(() => Promise.resolve(endless(['one']).response));
      const subscription = fetchTransport({ fetch })(request).subscribe();
      await someTurns();
      subscription.unsubscribe();
      expect(signals[0]?.aborted).toBe(true);
    });

    it('but not after the end, and not after an error', async () => {
      const good = scripted(() => Promise.resolve(new Response('x')));
      await lastValueFrom(fetchTransport({ fetch: good.fetch })(request));
      const bad = scripted(() => Promise.reject(new Error('reset')));
      await errorOf(request, fetchTransport({ fetch: bad.fetch }));
      expect([...good.signals, ...bad.signals].map(({ aborted }) => aborted)).toEqual([false, false]);
    });
  });

  describe('that ignores signals', () => {
    it('cancels a response that arrives after an unsubscribe', async () => {
      const answered = new Subject<Response>();
      const { response, cancelled } = endless();
      const { fetch } = scripted(() => firstValueFrom(answered));
      const parts: unknown[] = [];
      fetchTransport({ fetch })(request)
        .subscribe((part) => parts.push(part))
        .unsubscribe();
      answered.next(response);
      await someTurns();
      expect([parts, cancelled()]).toEqual([[], true]);
    });

    it('cancels the body at the head', async () => {
      const { response, cancelled } = endless(['one']);
      const { fetch } = scripted(() => Promise.resolve(response));
      await firstValueFrom(fetchTransport({ fetch })(request));
      await someTurns();
      expect(cancelled()).toBe(true);
    });

    it('cancels the body during a read', async () => {
      const { response, cancelled } = endless(['one']);
      const { fetch } = scripted(() => Promise.resolve(response));
      const parts: unknown[] = [];
      const subscription = fetchTransport({ fetch })(request).subscribe((part) => parts.push(part));
      await someTurns();
      expect(parts).toHaveLength(2);
      subscription.unsubscribe();
      await someTurns();
      expect(cancelled()).toBe(true);
    });

    it('cancels the body in the middle of a read, and reads no more', async () => {
      const { response, cancelled } = endless(['one', 'two', 'three']);
      const { fetch } = scripted(() => Promise.resolve(response));
      const parts: unknown[] = [];
      const subscription: Subscription = fetchTransport({ fetch })(request).subscribe((part) => {
        parts.push(part);
        if (parts.length === 2) subscription.unsubscribe();
      });
      await someTurns();
      expect([parts.length, cancelled()]).toEqual([2, true]);
    });

    it('accepts a body that cannot be cancelled', async () => {
      const moved = { status: 307, headers: { location: '/there' } };
      const there = scripted((_, visit) =>
        Promise.resolve(visit === 1 ? new Response(uncancellable(), moved) : new Response('there')),
      );
      const own = { ...request, headers: { 'api-key': KEY } };
      expect((await answerOf(own, fetchTransport({ fetch: there.fetch }))).text).toBe('there');
      const { fetch } = scripted(() => Promise.resolve(new Response(uncancellable())));
      await firstValueFrom(fetchTransport({ fetch })(request));
      const late = new Subject<Response>();
      fetchTransport({ fetch: scripted(() => firstValueFrom(late)).fetch })(request)
        .subscribe()
        .unsubscribe();
      late.next(new Response(uncancellable()));
      await someTurns();
    });
  });

  describe('without streams, as in React Native', () => {
    const inOnePiece = (arrayBuffer: () => Promise<ArrayBuffer>): typeof fetch =>
      scripted(() => Promise.resolve({ status: 200, type: 'basic', headers: new Headers(), arrayBuffer }))
        .fetch;

    it('emits the complete body at once', async () => {
      const fetch = inOnePiece(() => Promise.resolve(bytesOf('whole').buffer as ArrayBuffer));
      expect(await answerOf(request, fetchTransport({ fetch }))).toEqual({
        head: { status: 200, headers: {} },
        text: 'whole',
      });
    });

    it('errors in the body if it breaks', async () => {
      const fetch = inOnePiece(() => Promise.reject(new TypeError('Network request failed')));
      const message = 'the connection broke in the middle of the answer: Network request failed';
      const error = await errorOf(request, fetchTransport({ fetch }));
      expect(comparable(error)).toEqual(comparable(new ConnectionError(message, 'body')));
    });

    it('reads no body after an unsubscribe at the head', async () => {
      let asked = 0;
      const fetch = inOnePiece(() => {
        asked += 1;
        return Promise.resolve(new ArrayBuffer(0));
      });
      await firstValueFrom(fetchTransport({ fetch })(request));
      await someTurns();
      expect(asked).toBe(0);
    });
  });

  describe('that fails', () => {
    const place = 'cannot reach http://localhost/v1/models';

    it.each([
      [
        'without a code',
        () => Promise.reject(new TypeError('Failed to fetch')),
        `${place}: Failed to fetch`,
        null,
      ],
      [
        'with a code in a cause',
        () =>
          Promise.reject(
            new TypeError('fetch failed', {
              cause: new Error('x', { cause: Object.assign(new Error('y'), { code: 'ENOTFOUND' }) }),
            }),
          ),
        `${place}: the name of the host cannot be resolved (ENOTFOUND)`,
        'ENOTFOUND',
      ],
      ['with a value that is not an error', () => rejected('offline'), `${place}: offline`, null],
      ['with undefined', () => rejected(undefined), `${place}: undefined`, null],
      [
        'while it is called',
        () => {
          throw new Error('no');
        },
        `${place}: no`,
        null,
      ],
      [
        'with a cyclic cause',
        () => {
          const error: Error & { cause?: unknown } = new Error('round');
          error.cause = error;
          return Promise.reject(error);
        },
        `${place}: round`,
        null,
      ],
    ])('%s, says what is known', async (_, fail, message, code) => {
      const error = await errorOf(request, fetchTransport({ fetch: fail as unknown as typeof fetch }));
      expect(comparable(error)).toEqual(comparable(new ConnectionError(message, 'connect', code)));
    });

    it('by a signal of its own, which is not retryable', async () => {
      const signal = AbortSignal.abort();
      const { fetch } = scripted(() => Promise.reject(signal.reason as Error));
      const error = await errorOf(request, fetchTransport({ fetch }));
      expect(error).toMatchObject({ _tag: 'AbortedError', retryable: false });
      expect((error as Error).cause).toEqual(expect.objectContaining({ name: 'AbortError' }));
    });

    it('with an error of this library, which is passed on', async () => {
      const own = new RequestError('no token');
      const { fetch } = scripted(() => Promise.reject(own));
      expect(await errorOf(request, fetchTransport({ fetch }))).toBe(own);
    });

    it('after an unsubscribe, without any effect', async () => {
      const { fetch } = scripted(
        (signal) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
      );
      const errors: unknown[] = [];
      fetchTransport({ fetch })(request)
        .subscribe({ error: (error: unknown) => errors.push(error) })
        .unsubscribe();
      await someTurns();
      expect(errors).toEqual([]);
    });
  });
});
