import { appOf } from './injector';

import {
  FetchBackend,
  HttpBackend,
  HttpEventType,
  HttpHeaderResponse,
  HttpResponse,
  HttpXhrBackend,
  provideHttpClient,
  withFetch,
  withInterceptors,
  type HttpEvent,
  type HttpInterceptorFn,
} from '@angular/common/http';
import { XhrFactory } from '@angular/common';
import {
  DOCUMENT,
  NgZone,
  ɵChangeDetectionScheduler as ChangeDetectionScheduler,
  ɵINJECTOR_SCOPE as INJECTOR_SCOPE,
  ɵNoopNgZone as NoopNgZone,
} from '@angular/core';
import {
  BehaviorSubject,
  catchError,
  filter,
  firstValueFrom,
  lastValueFrom,
  map,
  of,
  ReplaySubject,
  retry,
  share,
  tap,
  throwError,
  toArray,
  type Observable,
} from 'rxjs';
import { doneFrame, finishChunk } from 'rxjs-chat-completions/testing';

import { injectChatCompletions, provideChatCompletions, withHttpClient } from '../../lib/angular';
import { ConnectionError, HttpError } from '../../lib/errors';
import type { ChatState } from '../../lib/state/ChatState';
import { toChatState } from '../../lib/state/toChatState';
import { startFaultServer, type FaultServer, type Script } from '../helpers/faultServer';
import { NodeXhr } from '../helpers/xhr';

const backends = {
  fetch: FetchBackend,
  XMLHttpRequest: HttpXhrBackend,
} as const;

let server: FaultServer | undefined;
afterEach(() => server?.close());

/** Text of the current call so far. */
const content$ = new BehaviorSubject('');

/** Text of the current response so far, when {@link retryOnce} has received it. */
const partialText$ = new BehaviorSubject<string | undefined>(undefined);

/** The states of one call through these interceptors to a server of this script. */
async function statesOf(
  backend: keyof typeof backends,
  script: Script,
  ...interceptors: readonly HttpInterceptorFn[]
): Promise<readonly ChatState[]> {
  await server?.close();
  server = await startFaultServer(script);
  const app = appOf([
    // Services that a page's platform provides.
    { provide: INJECTOR_SCOPE, useValue: 'root' },
    { provide: ChangeDetectionScheduler, useValue: { notify: () => undefined, runningTick: false } },
    { provide: NgZone, useValue: new NoopNgZone() },
    { provide: DOCUMENT, useValue: {} },
    { provide: XhrFactory, useValue: { build: () => new NodeXhr() } },
    provideHttpClient(withFetch(), withInterceptors([...interceptors])),
    HttpXhrBackend,
    { provide: HttpBackend, useExisting: backends[backend] },
    provideChatCompletions({ baseURL: server.baseURL }, withHttpClient()),
  ]);
  const chat = app.run(injectChatCompletions);
  const request = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] } as const;
  return lastValueFrom(
    chat.chatCompletion$(request).pipe(
      toChatState(),
      tap(({ content }) => content$.next(content)),
      toArray(),
    ),
  );
}

const last = (states: readonly ChatState[]): ChatState => states[states.length - 1]!;

const good: Script = async (exchange) => {
  exchange.head();
  await exchange.say('Hel', 'lo', finishChunk('stop'), doneFrame());
  exchange.end();
};

/** A script for the first request, and another one for those after it. */
const first =
  (script: Script, rest: Script = good): Script =>
  (exchange) =>
    exchange.turn === 1 ? script(exchange) : rest(exchange);

const refuse =
  (status: number): Script =>
  (exchange) => {
    const body = JSON.stringify({ error: { message: `refused ${exchange.turn}` } });
    exchange.whole(status, { 'content-type': 'application/json' }, body);
  };

/** Breaks the connection after the head. */
const breakAtOnce: Script = (exchange) => {
  exchange.head();
  exchange.cut();
};

/** Sends text, waits until the call has emitted it, and breaks the connection. */
const breakAfter =
  (text: string): Script =>
  async (exchange) => {
    exchange.head();
    await exchange.say(text);
    await firstValueFrom(content$.pipe(filter((content) => content === text)));
    exchange.cut();
  };

/** Sends bytes, waits until the client has received them, and breaks the connection. */
const breakAfterBytes =
  (text: string): Script =>
  async (exchange) => {
    exchange.head();
    await exchange.write(text);
    await firstValueFrom(partialText$.pipe(filter((partial) => partial === text)));
    exchange.cut();
  };

const refreshToken: HttpInterceptorFn = (request, next) => {
  const withToken = (token: string) => request.clone({ setHeaders: { authorization: `Bearer ${token}` } });
  return next(withToken('stale')).pipe(
    catchError((error: unknown) =>
      (error as { status?: number }).status === 401 ? next(withToken('fresh')) : throwError(() => error),
    ),
  );
};
const retryOnce: HttpInterceptorFn = (request, next) =>
  next(request).pipe(
    tap((event) => {
      partialText$.next(event.type === HttpEventType.DownloadProgress ? event.partialText : undefined);
    }),
    retry(1),
  );

describe.each(Object.keys(backends) as Array<keyof typeof backends>)('over %s', (backend) => {
  it('a call without interceptors streams', async () => {
    const states = await statesOf(backend, good);
    expect(last(states)).toMatchObject({ status: 'done', content: 'Hello' });
  });

  it('a token refresh ends with the answer of the second try', async () => {
    const states = await statesOf(
      backend,
      (exchange) => {
        const isFresh = exchange.request.headers['authorization'] === 'Bearer fresh';
        return isFresh ? good(exchange) : refuse(401)(exchange);
      },
      refreshToken,
    );
    expect(last(states)).toMatchObject({ status: 'done', content: 'Hello', error: null });
    expect(server?.received).toHaveLength(2);
  });

  it('a token refresh that is refused again ends with the error of the second try', async () => {
    const states = await statesOf(backend, refuse(401), refreshToken);
    expect(last(states).error).toMatchObject({ _tag: 'HttpError', status: 401, serverMessage: 'refused 2' });
  });

  it.each([500, 503])('a retry of status %i ends with the answer of the second try', async (status) => {
    const states = await statesOf(backend, first(refuse(status)), retryOnce);
    expect(last(states)).toMatchObject({ status: 'done', content: 'Hello' });
  });

  it('a retry of a connection that breaks before any text ends with the answer of the second try', async () => {
    const states = await statesOf(backend, first(breakAtOnce), retryOnce);
    expect(last(states)).toMatchObject({ status: 'done', content: 'Hello' });
  });

  it('a retry of a connection that is refused ends with the answer of the second try', async () => {
    const states = await statesOf(
      backend,
      first((exchange) => exchange.reset()),
      retryOnce,
    );
    expect(last(states)).toMatchObject({ status: 'done', content: 'Hello' });
  });

  it.each([
    ['a heartbeat', ': ping\n\n'],
    ['a named heartbeat', 'event: ping\ndata: {"type":"ping"}\n\n'],
    ['half an event', 'data: {"choices":[{"delta":{"content":"Old'],
    ['half a line end', ': ping\r'],
  ])('a retry after %s ends with the answer of the second try', async (_, text) => {
    const states = await statesOf(backend, first(breakAfterBytes(text)), retryOnce);
    expect(last(states)).toMatchObject({ status: 'done', content: 'Hello', error: null });
    expect(server?.received).toHaveLength(2);
  });

  it('a retry after a heartbeat that is refused ends with the error of the second try', async () => {
    const states = await statesOf(backend, first(breakAfterBytes(': ping\n\n'), refuse(503)), retryOnce);
    expect(last(states).error).toMatchObject({ _tag: 'HttpError', status: 503, serverMessage: 'refused 2' });
  });

  it('a retry after a heartbeat that is not connected ends with the error of the second try', async () => {
    const unreachable: Script = (exchange) => exchange.reset();
    const states = await statesOf(backend, first(breakAfterBytes(': ping\n\n'), unreachable), retryOnce);
    expect(last(states).error).toMatchObject({ _tag: 'ConnectionError', phase: 'connect' });
  });

  it('a token refresh, then a retry after half an event, end with the answer of the last try', async () => {
    const states = await statesOf(
      backend,
      (exchange) => {
        const scripts = [refuse(401), breakAfterBytes('data: {"choices"'), refuse(401)];
        return (scripts[exchange.turn - 1] ?? good)(exchange);
      },
      retryOnce,
      refreshToken,
    );
    expect(last(states)).toMatchObject({ status: 'done', content: 'Hello', error: null });
    expect(server?.received).toHaveLength(4);
  });

  it('a retry after a role-only chunk, which the call has emitted, never joins two answers', async () => {
    const role = 'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n';
    const states = await statesOf(backend, first(breakAfterBytes(role)), retryOnce);
    expect(last(states)).toMatchObject({
      status: 'failed',
      content: '',
      error: { _tag: 'ConnectionError', phase: 'body', retryable: true },
    });
  });

  it('a retry after text never joins two answers', async () => {
    const states = await statesOf(backend, first(breakAfter('The answer is ')), retryOnce);
    expect(last(states)).toMatchObject({ status: 'failed', content: 'The answer is ' });
    expect(last(states).error).toBeInstanceOf(ConnectionError);
    expect(last(states).error).toMatchObject({ phase: 'body' });
  });

  it('a retry after text that is refused is a broken connection too', async () => {
    const states = await statesOf(backend, first(breakAfter('The answer is '), refuse(500)), retryOnce);
    expect(last(states)).toMatchObject({
      status: 'failed',
      content: 'The answer is ',
      error: { _tag: 'ConnectionError', phase: 'body' },
    });
  });

  it('a retry after text that is not connected keeps the text, with the error of the second try', async () => {
    const unreachable: Script = (exchange) => exchange.reset();
    const states = await statesOf(backend, first(breakAfter('The answer is '), unreachable), retryOnce);
    expect(last(states)).toMatchObject({
      status: 'failed',
      content: 'The answer is ',
      error: { _tag: 'ConnectionError', retryable: true },
    });
  });

  it('a cached response answers without the server, twice', async () => {
    let cached: Observable<HttpEvent<unknown>> | undefined;
    const cache: HttpInterceptorFn = (request, next) =>
      (cached ??= next(request).pipe(
        share({ connector: () => new ReplaySubject(100), resetOnComplete: false }),
      ));
    const states = await statesOf(backend, good, cache, (request, next) => next(request));
    expect(last(states)).toMatchObject({ status: 'done', content: 'Hello' });
    const fromHere: HttpInterceptorFn = (request, next) =>
      next(request).pipe(
        map((event) =>
          event instanceof HttpResponse || event instanceof HttpHeaderResponse
            ? event.clone({ url: request.url })
            : event,
        ),
      );
    const again = await statesOf(backend, refuse(500), fromHere, cache);
    expect(last(again)).toMatchObject({ status: 'done', content: 'Hello' });
    expect(server?.received).toHaveLength(0);
  });

  it('an interceptor answers itself', async () => {
    const body = 'data: {"choices":[{"delta":{"content":"Own"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
    const own: HttpInterceptorFn = () => of(new HttpResponse({ status: 200, body }));
    expect(last(await statesOf(backend, good, own))).toMatchObject({ status: 'done', content: 'Own' });
  });

  it('an interceptor answers itself after a refused try', async () => {
    const body = 'data: {"choices":[{"delta":{"content":"Own"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
    const instead: HttpInterceptorFn = (request, next) =>
      next(request).pipe(catchError(() => of(new HttpResponse({ status: 200, body }))));
    expect(last(await statesOf(backend, refuse(500), instead))).toMatchObject({
      status: 'done',
      content: 'Own',
    });
  });

  it('an interceptor that answers itself after text never joins two answers', async () => {
    const body = 'data: {"choices":[{"delta":{"content":"Own"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
    const instead: HttpInterceptorFn = (request, next) =>
      next(request).pipe(catchError(() => of(new HttpResponse({ status: 200, body }))));
    const states = await statesOf(backend, breakAfter('The answer is '), instead);
    expect(last(states)).toMatchObject({
      status: 'failed',
      content: 'The answer is ',
      error: { phase: 'body' },
    });
  });

  it('an answer has no warning of Angular', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    try {
      expect(last(await statesOf(backend, good))).toMatchObject({ status: 'done' });
      expect(warn).not.toHaveBeenCalled();
    } finally {
      warn.mockRestore();
    }
  });

  it('a refused call keeps its status and message', async () => {
    const states = await statesOf(backend, refuse(429));
    expect(last(states).error).toBeInstanceOf(HttpError);
    expect(last(states).error).toMatchObject({ status: 429, serverMessage: 'refused 1' });
  });
});

describe('a redirect over fetch', () => {
  const redirect =
    (status: number, location: () => string): Script =>
    (exchange) =>
      exchange.turn === 1 ? exchange.whole(status, { location: location() }, '') : good(exchange);

  it.each([307, 308])('with status %i within the origin is followed', async (status) => {
    const states = await statesOf(
      'fetch',
      redirect(status, () => '/there'),
    );
    expect(last(states)).toMatchObject({ status: 'done', content: 'Hello' });
    expect(server?.received).toMatchObject([
      { method: 'POST' },
      { method: 'POST', path: '/there', body: server?.received[0]?.body },
    ]);
  });

  it.each([301, 302, 303])('with status %i is not followed for a POST', async (status) => {
    const states = await statesOf(
      'fetch',
      redirect(status, () => '/there'),
    );
    expect(last(states).error).toMatchObject({ _tag: 'ProtocolError' });
    expect(last(states).error?.message).toContain('/there; check baseURL');
    expect(server?.received).toHaveLength(1);
  });

  it.each([301, 302, 303, 307, 308])(
    'with status %i to another origin sends nothing there',
    async (status) => {
      const other = await startFaultServer(good);
      try {
        const states = await statesOf(
          'fetch',
          redirect(status, () => `${other.baseURL}/chat/completions`),
        );
        expect(last(states).error).toMatchObject({
          _tag: 'ProtocolError',
          message: `the server redirects to ${other.baseURL}/chat/completions; set baseURL to ${other.baseURL}`,
        });
        expect(other.counts.sockets).toBe(0);
      } finally {
        await other.close();
      }
    },
  );

  it('ends after 20, as with any transport', async () => {
    const states = await statesOf('fetch', (exchange) => exchange.whole(307, { location: '/there' }, ''));
    expect(last(states).error).toMatchObject({
      _tag: 'ProtocolError',
      message: 'the server redirects more than 20 times: check baseURL',
    });
  });
});
