import { appOf } from './injector';

import { PlatformLocation } from '@angular/common';
import {
  HttpErrorResponse,
  HttpEventType,
  HttpHeaderResponse,
  HttpHeaders,
  HttpResponse,
  type HttpClient,
  type HttpEvent,
} from '@angular/common/http';
import { HttpClient as HttpClientToken } from '@angular/common/http';
import { concat, from, lastValueFrom, NEVER, of, Subject, throwError, toArray, type Observable } from 'rxjs';

import { isResponseHead, type TransportRequest } from '../../lib/transport/transport';
import { chatCompletion$ } from '../../lib/call/chatCompletion';
import {
  httpClientTransport,
  injectChatCompletions,
  provideChatCompletions,
  withHttpClient,
} from '../../lib/angular';
import { ConnectionError, RequestError, TruncatedError } from '../../lib/errors';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import { toChatState } from '../../lib/state/toChatState';

const request: TransportRequest = {
  method: 'POST',
  url: 'https://llm.example.com/v1/chat/completions?key=secret',
  headers: { 'content-type': 'application/json' },
  body: '{}',
};
const events = { 'content-type': 'text/event-stream' };

/** An `HttpClient` that emits these events. */
const clientOf = (event$: Observable<HttpEvent<string>>): HttpClient =>
  ({ request: () => event$ }) as unknown as HttpClient;

const head = (status = 200): HttpEvent<string> =>
  new HttpHeaderResponse({ status, headers: new HttpHeaders({ 'Content-Type': 'text/event-stream' }) });
const progress = (partialText: string): HttpEvent<string> =>
  ({
    type: HttpEventType.DownloadProgress,
    loaded: partialText.length,
    partialText,
  }) satisfies HttpEvent<string>;
const response = (body: string, status = 200): HttpEvent<string> =>
  new HttpResponse({ status, body, headers: new HttpHeaders(events) });
const failed = (fields: { status: number; error: unknown }): Observable<never> =>
  throwError(() => new HttpErrorResponse(fields));

/** The head and the reads as text. */
const partsOf = async (event$: Observable<HttpEvent<string>>): Promise<unknown[]> => {
  const parts = await lastValueFrom(httpClientTransport(clientOf(event$))(request).pipe(toArray()));
  return parts.map((part) => (isResponseHead(part) ? part : new TextDecoder().decode(part)));
};

describe('httpClientTransport', () => {
  it('emits the head, then the new text of each event', async () => {
    await expect(
      partsOf(
        of(
          { type: HttpEventType.Sent } as HttpEvent<string>,
          head(),
          progress('Hel'),
          progress('Hello'),
          progress('Hello'),
          response('Hello!'),
        ),
      ),
    ).resolves.toEqual([{ status: 200, headers: events }, 'Hel', 'lo', '!']);
  });

  it('reads a response without other events, as from a test or a cache', async () => {
    await expect(partsOf(of(response('Hello')))).resolves.toEqual([
      { status: 200, headers: events },
      'Hello',
    ]);
  });

  it.each<[string, ReadonlyArray<HttpEvent<string>>]>([
    ['a request is sent', [{ type: HttpEventType.Sent }, head()]],
    ['a head arrives', [head()]],
  ])('emits another head with the next text after %s again', async (_, again) => {
    await expect(
      partsOf(of(head(), progress('Hello'), ...again, progress('Hel'), response('Help'))),
    ).resolves.toEqual([
      { status: 200, headers: events },
      'Hello',
      { status: 200, headers: events },
      'Hel',
      'p',
    ]);
  });

  it('emits another head for a complete response that does not continue the text', async () => {
    await expect(partsOf(of(head(), progress('Hello'), response('Help')))).resolves.toEqual([
      { status: 200, headers: events },
      'Hello',
      { status: 200, headers: events },
      'Help',
    ]);
  });

  it('emits the head of a request that is refused after the text of another one', async () => {
    const refused = concat(of(head(429)), failed({ status: 429, error: 'slow down' }));
    await expect(partsOf(concat(of(head(), progress('Hel')), refused))).resolves.toEqual([
      { status: 200, headers: events },
      'Hel',
      { status: 429, headers: events },
      'slow down',
    ]);
  });

  it('holds text back until the head', async () => {
    await expect(partsOf(of(progress('Hel'), response('Hello')))).resolves.toEqual([
      { status: 200, headers: events },
      'Hello',
    ]);
  });

  it('keeps a pair of surrogates together', async () => {
    await expect(partsOf(of(head(), progress('a\uD83D'), progress('a🙂'), response('a🙂')))).resolves.toEqual(
      [{ status: 200, headers: events }, 'a', '🙂'],
    );
  });

  it.each<[string, ReadonlyArray<HttpEvent<string>>]>([
    ['nothing', []],
    ['a head only', [{ type: HttpEventType.Sent }, head()]],
  ])('names an interceptor that handles an error itself, and completes with %s', async (_, received) => {
    await expect(partsOf(from(received))).rejects.toMatchObject({
      _tag: 'RequestError',
      message: 'an interceptor failed: it completed without a response',
    });
  });

  it('keeps the status and the body of a failed response at which an interceptor completes', async () => {
    await expect(partsOf(of(head(503), progress('overloaded')))).resolves.toEqual([
      { status: 503, headers: events },
      'overloaded',
    ]);
  });

  it.each([false, true])(
    'sends the request unchanged with keepalive %p, and observes events and text',
    (keepalive) => {
      const sent = jest.fn(() => NEVER);
      httpClientTransport({ request: sent } as unknown as HttpClient)({ ...request, keepalive }).subscribe();
      expect(sent).toHaveBeenCalledWith('POST', request.url, {
        body: '{}',
        headers: request.headers,
        observe: 'events',
        reportProgress: true,
        responseType: 'text',
        redirect: 'manual',
        keepalive,
      });
    },
  );

  it('errors at a redirect whose target a browser hides', async () => {
    await expect(partsOf(concat(of(head(0)), failed({ status: 0, error: null })))).rejects.toMatchObject({
      _tag: 'ProtocolError',
      message: 'the server redirects to another URL; check baseURL, or sign in',
    });
  });

  it.each<[string, unknown, string]>([
    ['an object', { data: [] }, '{"data":[]}'],
    ['a list', [1], '[1]'],
    ['bytes', new TextEncoder().encode('Hé').buffer, 'Hé'],
    ['nothing', null, ''],
  ])('reads a body that an interceptor has changed to %s', async (_, body, text) => {
    const parts = await partsOf(of(new HttpResponse({ body }) as HttpEvent<string>));
    expect(parts.slice(1).join('')).toBe(text);
    const error = await partsOf(failed({ status: 400, error: body }));
    expect(error.slice(1).join('')).toBe(text);
  });

  it('names a body that cannot be read, and keeps the status of a failed one', async () => {
    const body = new Blob(['Hello']);
    await expect(
      partsOf(of(new HttpResponse({ body }) as unknown as HttpEvent<string>)),
    ).rejects.toMatchObject({
      _tag: 'RequestError',
      message: "an interceptor changed the body to a Blob: keep the responseType 'text'",
    });
    await expect(partsOf(failed({ status: 400, error: body }))).resolves.toEqual([
      { status: 400, headers: {} },
    ]);
    await expect(partsOf(failed({ status: 400, error: new Error('own') }))).resolves.toEqual([
      { status: 400, headers: {} },
      'own',
    ]);
  });

  it.each([
    ['fetch', new SyntaxError('Unexpected token d')],
    ['XMLHttpRequest', { error: new SyntaxError('Unexpected token d'), text: 'data: {}' }],
  ])('names a stream that %s could not parse, as an interceptor requires JSON', async (_, error) => {
    await expect(partsOf(failed({ status: 200, error }))).rejects.toMatchObject({
      ...{ _tag: 'RequestError', retryable: false },
      message: "an interceptor changed the body to JSON: keep the responseType 'text'",
    });
  });

  it('ignores what follows the response of a cache, also an error', async () => {
    const network = [of(response('new')), concat(of(head()), failed({ status: 0, error: null }))];
    for (const later$ of network)
      await expect(partsOf(concat(of(response('cached')), later$))).resolves.toEqual([
        { status: 200, headers: events },
        'cached',
      ]);
  });

  it('reads the headers of an error of another request, and those of the head for an error without any', async () => {
    const other = throwError(
      () => new HttpErrorResponse({ status: 500, headers: new HttpHeaders({ 'x-request-id': 'other' }) }),
    );
    await expect(partsOf(concat(of(head(500)), other))).resolves.toEqual([
      { status: 500, headers: { 'x-request-id': 'other' } },
    ]);
    await expect(partsOf(concat(of(head(500)), failed({ status: 500, error: null })))).resolves.toEqual([
      { status: 500, headers: events },
    ]);
  });

  it('emits a status other than 2xx as a head and its body', async () => {
    await expect(partsOf(failed({ status: 429, error: '{"error":"slow"}' }))).resolves.toEqual([
      { status: 429, headers: {} },
      '{"error":"slow"}',
    ]);
    await expect(
      partsOf(concat(of(head(500), progress('oh')), failed({ status: 500, error: 'oh no' }))),
    ).resolves.toEqual([{ status: 500, headers: events }, 'oh no']);
    await expect(partsOf(failed({ status: 404, error: { error: 'parsed' } }))).resolves.toEqual([
      { status: 404, headers: {} },
      '{"error":"parsed"}',
    ]);
    await expect(partsOf(failed({ status: 404, error: null }))).resolves.toEqual([
      { status: 404, headers: {} },
    ]);
  });

  it('reports a server that is not reached, without its query', async () => {
    const error = await partsOf(failed({ status: 0, error: new TypeError('Failed to fetch') })).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({
      phase: 'connect',
      message: 'cannot reach https://llm.example.com/v1/chat/completions: Failed to fetch',
    });
  });

  it.each([
    [
      'refused',
      new TypeError('fetch failed', {
        cause: Object.assign(new Error('connect ECONNREFUSED ::1:11434'), { code: 'ECONNREFUSED' }),
      }),
      { _tag: 'ConnectionError', code: 'ECONNREFUSED', retryable: true },
    ],
    [
      'to a blocked port',
      new TypeError('fetch failed', { cause: new Error('bad port') }),
      { _tag: 'ConnectionError', retryable: false },
    ],
    [
      'without a head in the time of Node',
      new TypeError('fetch failed', {
        cause: Object.assign(new Error('Headers Timeout Error'), { code: 'UND_ERR_HEADERS_TIMEOUT' }),
      }),
      { _tag: 'ChatTimeoutError', phase: 'head', retryable: false },
    ],
    [
      'of a mocked fetch',
      new TypeError('Cannot read properties of undefined'),
      { _tag: 'RequestError', retryable: false },
    ],
  ])('reads the causes of a call %s, as the default transport does', async (_, error, expected) => {
    await expect(partsOf(failed({ status: 0, error }))).rejects.toMatchObject(expected);
  });

  it('reports no address parameters when XMLHttpRequest has no reason', async () => {
    const lost = throwError(
      () => new HttpErrorResponse({ status: 0, error: { type: 'error' }, url: request.url }),
    );
    const error = (await partsOf(lost).catch((e: unknown) => e)) as ConnectionError;
    expect(error.message).toBe(
      'cannot reach https://llm.example.com/v1/chat/completions: the network failed',
    );
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it.each([0, 200])(
    'reports a connection that breaks after the head, whatever the status (%i)',
    async (status) => {
      const broken = concat(
        of(head(), progress('Hel')),
        failed({ status, error: new TypeError('terminated') }),
      );
      await expect(partsOf(broken)).rejects.toMatchObject({ _tag: 'ConnectionError', phase: 'body' });
    },
  );

  it("wraps an interceptor's error in a RequestError, and passes a ChatError through", async () => {
    const own = new Error('no token');
    await expect(partsOf(throwError(() => own))).rejects.toMatchObject({
      _tag: 'RequestError',
      message: 'an interceptor failed: no token',
      cause: own,
    });
    await expect(partsOf(throwError(() => new RequestError('mine')))).rejects.toThrow('mine');
  });

  it.each([
    ['an Error', new Error('Something went wrong')],
    ['a text', 'Something went wrong'],
  ])(
    'keeps the status and the body of a failed response that an interceptor turns into %s',
    async (_, own) => {
      const text = '{"error":{"message":"overloaded"}}';
      const wrapped = concat(
        of(head(503), progress(text)),
        throwError(() => own),
      );
      await expect(partsOf(wrapped)).resolves.toEqual([{ status: 503, headers: events }, text]);
      await expect(
        partsOf(
          concat(
            of(head(200)),
            throwError(() => own),
          ),
        ),
      ).rejects.toMatchObject({
        _tag: 'RequestError',
      });
    },
  );

  it('aborts the request when it is unsubscribed', () => {
    const event$ = new Subject<HttpEvent<string>>();
    const subscription = httpClientTransport(clientOf(event$))(request).subscribe();
    expect(event$.observed).toBe(true);
    subscription.unsubscribe();
    expect(event$.observed).toBe(false);
  });

  it('carries a call: its text, a truncated end, an HTTP error', async () => {
    const body = 'data: {"choices":[{"delta":{"content":"Hé"}}]}\n\n';
    const call = (event$: Observable<HttpEvent<string>>) =>
      chatCompletion$({ transport: httpClientTransport(clientOf(event$)) }, { model: 'any', messages: [] });
    const done = `${body}data: [DONE]\n\n`;
    await expect(
      lastValueFrom(
        call(concat(of(head(), progress(body), progress(done)), NEVER)).pipe(accumulateContent()),
      ),
    ).resolves.toBe('Hé');
    await expect(lastValueFrom(call(of(head(), response(body))).pipe(toChatState()))).resolves.toMatchObject({
      status: 'failed',
      content: 'Hé',
      error: new TruncatedError(),
    });
    await expect(
      lastValueFrom(call(failed({ status: 429, error: '{"error":{"message":"slow down"}}' }))),
    ).rejects.toMatchObject({ _tag: 'HttpError', status: 429, serverMessage: 'slow down' });
  });
});

describe('withHttpClient', () => {
  it.each([
    ['/api/v1', '/api/v1/models'],
    ['api/v1', '/api/v1/models'],
    ['//llm.example.com/v1', 'https://llm.example.com/v1/models'],
    ['//app.example.com//llm.example.com/v1', 'https://app.example.com//llm.example.com/v1/models'],
    ['https://app.example.com/api/v1', 'https://app.example.com/api/v1/models'],
    ['https://llm.example.com/v1?key=1', 'https://llm.example.com/v1/models?key=1'],
    ['http://[', 'baseURL is not a valid URL: check its host and port'],
  ])(
    'sends to the base URL %s of a page that a server renders, as the page itself does',
    async (baseURL, expected) => {
      const sent = jest.fn((_: string, __: string) => of(response('{"data":[]}')));
      const app = appOf([
        { provide: HttpClientToken, useValue: { request: sent } },
        { provide: PlatformLocation, useValue: { href: 'https://app.example.com/chat?id=1' } },
        provideChatCompletions({ baseURL }, withHttpClient()),
      ]);
      const failed = await lastValueFrom(app.run(injectChatCompletions).models$()).then(
        () => null,
        (error: unknown) => (error as Error).message,
      );
      expect(failed ?? sent.mock.calls[0]?.[1]).toBe(expected);
    },
  );

  it('follows a redirect on the server of a page that a server renders', async () => {
    const location = new HttpHeaders({ location: '/api/v2/models' });
    const moved = throwError(() => new HttpErrorResponse({ status: 307, headers: location }));
    const sent = jest.fn((_: string, url: string) =>
      url === '/api/v2/models' ? of(response('{"data":[]}')) : moved,
    );
    const app = appOf([
      { provide: HttpClientToken, useValue: { request: sent } },
      { provide: PlatformLocation, useValue: { href: 'https://app.example.com/chat' } },
      provideChatCompletions({ baseURL: '/api/v1' }, withHttpClient()),
    ]);
    await expect(lastValueFrom(app.run(injectChatCompletions).models$())).resolves.toEqual([]);
    expect(sent.mock.calls.map(([, url]) => url)).toEqual(['/api/v1/models', '/api/v2/models']);
  });

  it("sends with the app's client", async () => {
    const http = clientOf(of(response('{"data":[{"id":"small"}]}')));
    const app = appOf([
      { provide: HttpClientToken, useValue: http },
      provideChatCompletions({}, withHttpClient()),
    ]);
    // The content type says event stream; the call only has to arrive.
    await expect(lastValueFrom(app.run(injectChatCompletions).models$())).resolves.toMatchObject([
      { id: 'small' },
    ]);
  });
});
