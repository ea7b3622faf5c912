import { type Either, isLeft, type Left } from 'fp-ts/Either';
import {
  concat,
  defer,
  EMPTY,
  lastValueFrom,
  map,
  NEVER,
  Observable,
  of,
  retry,
  Subject,
  takeUntil,
  throwError,
  timer,
  VirtualTimeScheduler,
} from 'rxjs';
import { rawBytesOf, responseHead } from 'rxjs-chat-completions/testing';

import type { ChatHooks } from '../../lib/call/ChatHooks';
import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import type { ChatConfig } from '../../lib/call/config';
import { embeddings$ } from '../../lib/call/embeddings';
import { models$ } from '../../lib/call/models';
import {
  ChatTimeoutError,
  ConnectionError,
  type HttpError,
  ProtocolError,
  RequestError,
} from '../../lib/errors';
import { ollama } from '../../lib/servers/ollama';
import type { ChatState } from '../../lib/state/ChatState';
import { toChatState } from '../../lib/state/toChatState';
import type { Bytes, ResponseHead, Transport, TransportRequest } from '../../lib/transport/transport';
import { frames } from '../helpers/frames';
import { marbles } from '../helpers/marbles';
import { sending } from '../helpers/sending';
import { wire } from '../helpers/wire';

const request = { model: 'any', messages: [] };

/** A call of each kind, a good answer to it, and what that becomes. */
const calls: ReadonlyArray<
  readonly [name: string, call: (config: ChatConfig) => Observable<unknown>, body: string, value: unknown]
> = [
  ['completion$', (config) => completion$(config, request), '{"choices":[]}', { choices: [] }],
  ['models$', models$, '{"data":[{"id":"any"}]}', [{ id: 'any' }]],
  [
    'embeddings$',
    (config) => embeddings$(config, { model: 'any', input: 'Hi' }),
    '{"data":[{"index":0,"embedding":[1]}]}',
    { data: [{ index: 0, embedding: [1] }] },
  ],
];

/** A stream as it is sent and as it comes out. */
const stream = '--H-h-l-f-D|';
const chunks = '----h-l-f-|';

describe.each(calls)('%s', (_, call, body, value) => {
  const answer = { H: responseHead(200, { 'content-type': 'application/json' }), a: rawBytesOf(body) };

  it('emits one value when its answer has ended, and completes', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' -H-a--|   ', answer);
      const subs = '         ^-----!   ';
      const expected = '     ------(v|)';
      expectObservable(call({ transport: () => answer$ })).toBe(expected, { v: value });
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('sends no request before it is subscribed to, and one for each subscriber', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const { sent, transport } = sending(cold('-Ha|', answer));
      const value$ = call({ transport });
      expect(sent).toHaveLength(0);
      expectObservable(value$).toBe('        ---(v|) ', { v: value });
      expectObservable(value$, '--^').toBe(' -----(v|)', { v: value });
      flush();
      expect(sent).toHaveLength(2);
    });
  });

  it('aborts its request in the frame of the unsubscription', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' -H-a--|', answer);
      const unsub = '        ^---!  ';
      expectObservable(call({ transport: () => answer$ }), unsub).toBe('-');
      expectSubscriptions(answer$.subscriptions).toBe(unsub);
    });
  });

  it('fails with the status of a refusal', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' -H|', { H: responseHead(401) });
      const expected = '     --#';
      const error = expect.objectContaining({ _tag: 'HttpError', status: 401 }) as unknown;
      expectObservable(call({ transport: () => answer$ })).toBe(expected, undefined, error);
    });
  });

  it.each([
    ['another JSON value', '{"data":5,"choices":5}', /^the response does not fit \w+: .*; check baseURL$/],
    [
      'no JSON',
      '{"data":',
      /^the response is not what was requested, but text that is not JSON; check baseURL$/,
    ],
    [
      'a web page',
      '<html><title>Log in</title>',
      /^the response is not what was requested, but a web page: Log in; check baseURL$/,
    ],
    [
      'nothing',
      '',
      /^the response has an empty body: read the log of the server or proxy, or check baseURL$/,
    ],
  ])('fails when the answer is %s', (_, wrong, message) => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' -H-a|', { ...answer, a: rawBytesOf(wrong) });
      const expected = '     ----#';
      const error = expect.objectContaining({
        _tag: 'ProtocolError',
        body: wrong,
        message: expect.stringMatching(message) as string,
      }) as unknown;
      expectObservable(call({ transport: () => answer$ })).toBe(expected, undefined, error);
    });
  });

  it('fails with the error in a successful response', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' -H-a|', {
        ...answer,
        a: rawBytesOf('{"error":{"message":"no"},"data":[],"choices":[]}'),
      });
      const expected = '     ----#';
      const error = expect.objectContaining({ _tag: 'ServerError', serverMessage: 'no' }) as unknown;
      expectObservable(call({ transport: () => answer$ })).toBe(expected, undefined, error);
    });
  });

  it('fails when its response breaks', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' -H-a-#', answer, new Error('reset'));
      const expected = '     -----#';
      const error = new ConnectionError('the transport failed: reset', 'body');
      expectObservable(call({ transport: () => answer$ })).toBe(expected, undefined, error);
    });
  });

  it('limits the wait for the head, and for the rest', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const never$ = cold<ResponseHead>('-');
      const stalled$ = cold('-H-a', answer);
      const timeouts = { head: 5, idle: 7 };
      expectObservable(call({ transport: () => never$, timeouts })).toBe(
        '-----#',
        undefined,
        new ChatTimeoutError('head', 5),
      );
      expectObservable(call({ transport: () => stalled$, timeouts })).toBe(
        '----------#',
        undefined,
        new ChatTimeoutError('idle', 7),
      );
      expectSubscriptions(never$.subscriptions).toBe('  ^----!');
      expectSubscriptions(stalled$.subscriptions).toBe('^---------!');
    });
  });
});

describe('unsubscribing from a call', () => {
  /** The key comes at 3, the head at 5, chunks at 7, 9 and 11, the end at 13; the body stays open. */
  const key = '---k';
  const answer = '  --H-h-l-f-D------';

  it.each(Array.from({ length: 13 }, (_, frame) => frame).slice(1))(
    'in frame %i aborts it there',
    (frame) => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const key$ = cold(key, { k: 'sk-1' });
        const answer$ = cold(answer, wire);
        const unsub = `^${'-'.repeat(frame - 1)}!`;
        const result$ = chatCompletion$({ transport: () => answer$, apiKey: () => key$ }, request);
        expectObservable(result$, unsub).toBe('-------h-l-f-'.slice(0, frame), frames);
        expectSubscriptions(key$.subscriptions).toBe(frame < 3 ? unsub : '^--!');
        expectSubscriptions(answer$.subscriptions).toBe(frame <= 3 ? [] : `---^${'-'.repeat(frame - 4)}!`);
      });
    },
  );
});

describe('a call that a hook ends before its request is sent', () => {
  const ways: ReadonlyArray<
    readonly [string, (config: ChatConfig, ended: (end: () => void) => void) => Observable<unknown>]
  > = [
    [
      'by the signal',
      (config, ended) => {
        const controller = new AbortController();
        ended(() => controller.abort());
        return chatCompletion$({ ...config, signal: controller.signal }, request);
      },
    ],
    [
      'by an operator',
      (config, ended) => {
        const stop$ = new Subject<void>();
        ended(() => stop$.next());
        return chatCompletion$(config, request).pipe(takeUntil(stop$));
      },
    ],
    [
      'by unsubscribing, the key having been awaited',
      (config, ended) => {
        const late = { ...config, apiKey: () => timer(1).pipe(map(() => 'sk-1')) };
        return new Observable((subscriber) => {
          const subscription = chatCompletion$(late, request).subscribe(subscriber);
          ended(() => subscription.unsubscribe());
          return subscription;
        });
      },
    ],
  ];

  it.each(ways)('%s, sends none', (_, call) => {
    marbles(({ cold, flush }) => {
      const { sent, transport } = sending(cold(stream, wire));
      let end = (): void => undefined;
      const onHead = jest.fn();
      call(
        { transport: (each) => defer(() => transport(each)), hooks: { onRequest: () => end(), onHead } },
        (how) => {
          end = how;
        },
      ).subscribe({ error: () => undefined });
      flush();
      expect(sent).toEqual([]);
      expect(onHead).not.toHaveBeenCalled();
    });
  });
});

describe('a secret that the server repeats', () => {
  const secret = 'sk-never/to+be=seen';
  const config: ChatConfig = {
    baseURL: `https://llm.example.com/v1?key=${encodeURIComponent(secret)}`,
    headers: { authorization: `Key ${secret}` },
  };
  const shown = (value: unknown): string => {
    const error = isLeft(value as Either<Error, unknown>) ? (value as Left<Error>).left : (value as Error);
    return `${JSON.stringify(error)}${error.message}${error.stack}`;
  };

  it.each([
    ['in a payload that is not JSON', `data: no such key: ${secret}\n\n`],
    ['in a payload that is not a chunk', `data: {"choices":"${secret}"}\n\n`],
    ['in the code of an error', `data: {"error":{"message":"no","code":"${secret}","type":"${secret}"}}\n\n`],
    ['as it stands in the address', `data: {"error":"no ${encodeURIComponent(secret)}"}\n\n`],
  ])('is not shown %s', (_, text) => {
    const seen: unknown[] = [];
    const transport = (): Observable<ResponseHead | Bytes> => of(wire.H, rawBytesOf(text), wire.f, wire.D);
    chatCompletion$({ ...config, transport }, request).subscribe({
      next: (value) => seen.push(value),
      error: (error: unknown) => seen.push(error),
    });
    expect(shown(seen[0])).toContain('***');
    expect(shown(seen[0])).not.toContain(secret);
    expect(shown(seen[0])).not.toContain(encodeURIComponent(secret));
  });

  it('is redacted in the web page of a wrong address', () => {
    const transport = (): Observable<ResponseHead | Bytes> =>
      of(
        responseHead(404, {}),
        rawBytesOf(`Cannot POST /v1/chat/completions?key=${encodeURIComponent(secret)}`),
      );
    const failed = jest.fn<unknown, [Error]>();
    chatCompletion$({ ...config, transport }, request).subscribe({ error: failed });
    expect(shown(failed.mock.calls[0]?.[0])).toContain('?key=***');
  });

  it('is redacted where the body was cut inside it, before a hint', () => {
    const transport = (): Observable<ResponseHead | Bytes> =>
      of(responseHead(401, {}), rawBytesOf(`no such key: ${secret}`));
    const failed = jest.fn<unknown, [Error]>();
    chatCompletion$({ ...config, limits: { errorBody: 22 }, transport }, request).subscribe({
      error: failed,
    });
    expect(failed.mock.calls[0]?.[0].message).toMatch(/^401 no such key: \*\*\* \(the server refused/);
  });

  it('is redacted in the error of a transport', () => {
    const transport = (): Observable<never> => throwError(() => new Error(`${config.baseURL}: no answer`));
    const failed = jest.fn<unknown, [Error]>();
    chatCompletion$({ ...config, transport }, request).subscribe({ error: failed });
    expect(failed.mock.calls[0]?.[0].message).toContain('?key=***: no answer');
  });
});

describe('the scheduler of the config', () => {
  const retryAt = new Date(20_000).toUTCString();
  const failed = concat(of(responseHead(429, { 'retry-after': retryAt })), NEVER);

  it('times the body of a failed response, and is the clock of a date in its headers', () => {
    const scheduler = new VirtualTimeScheduler();
    const errors: unknown[] = [];
    chatCompletion$({ transport: () => failed, timeouts: { scheduler } }, request).subscribe({
      error: (error: unknown) => errors.push([scheduler.frame, (error as HttpError).retryAfterMs]),
    });
    scheduler.flush();
    expect(errors).toEqual([[1_000, 19_000]]);
  });

  it('is the clock of a rate limit that hooks receive', () => {
    const scheduler = new VirtualTimeScheduler();
    const resets: unknown[] = [];
    const head = responseHead(200, {
      'content-type': 'application/json',
      'x-ratelimit-reset-requests': new Date(20_000).toISOString(),
    });
    const config: ChatConfig = {
      transport: () => of(head, rawBytesOf('{"data":[]}')),
      timeouts: { scheduler },
      hooks: { onComplete: ({ rateLimit }) => resets.push(rateLimit?.requests?.resetMs) },
    };
    models$(config).subscribe();
    expect(resets).toEqual([20_000]);
  });
});

describe('the request', () => {
  const sentBy = (config: ChatConfig): TransportRequest | undefined => {
    const { sent, transport } = sending(of(wire.H, wire.f, wire.D));
    chatCompletion$({ ...config, transport }, request).subscribe();
    return sent[0];
  };

  it('has only the headers that it needs', () => {
    expect(sentBy({})?.headers).toEqual({ accept: 'text/event-stream', 'content-type': 'application/json' });
  });

  it('has the headers of the config, which take precedence', () => {
    expect(
      sentBy({ apiKey: 'sk-1', headers: { 'API-Key': 'k', Authorization: 'Basic eA==' } })?.headers,
    ).toEqual({
      accept: 'text/event-stream',
      'content-type': 'application/json',
      'api-key': 'k',
      authorization: 'Basic eA==',
    });
  });

  it('is sent to the address of the config', () => {
    const baseURL = 'https://llm.example.com/openai/?api-version=1';
    expect(sentBy({ baseURL })?.url).toBe('https://llm.example.com/openai/chat/completions?api-version=1');
  });

  it.each<[string, ChatConfig, string]>([
    ['a bad address', { baseURL: 'http://' }, 'baseURL is not a valid URL: check its host and port'],
    [
      'another protocol',
      { baseURL: 'ftp://example.com' },
      'baseURL must begin with http:// or https://, or be relative in a page',
    ],
    [
      'a bad header',
      { headers: { 'x-a': 'line\nbreak' } },
      'the value of x-a cannot be sent in a header: use a string of one line, in Latin-1',
    ],
  ])('is not sent with %s', (_, config, message) => {
    marbles(({ expectObservable, flush }) => {
      const { sent, transport } = sending(NEVER);
      expectObservable(chatCompletion$({ ...config, transport }, request)).toBe(
        '#',
        frames,
        new RequestError(message),
      );
      flush();
      expect(sent).toEqual([]);
    });
  });

  it('errors in JavaScript without a request', () => {
    const error = new RequestError('request must be an object with model and messages or input');
    marbles(({ expectObservable }) => {
      expectObservable(chatCompletion$({}, undefined as never)).toBe('#', frames, error);
      expectObservable(completion$({}, null as never)).toBe('#', undefined, error);
      expectObservable(completion$({}, request.messages as never)).toBe('#', undefined, error);
    });
  });

  it.each([
    ['a BigInt', { seed: 1n }],
    ['a circle', circle()],
  ])('is not sent when it holds %s', (_, extra) => {
    marbles(({ expectObservable, flush }) => {
      const { sent, transport } = sending(NEVER);
      const error = new RequestError('the request is not JSON: remove BigInts and circular references');
      expectObservable(chatCompletion$({ transport }, { ...request, extra })).toBe('#', frames, error);
      flush();
      expect(sent).toEqual([]);
    });
  });

  it('leaves out the fields that the server rejects, and reports them and those that it ignores', () => {
    const hooks = { onIgnored: jest.fn(), onRemovedField: jest.fn() };
    const profile = { ...ollama.profile, rejects: ['stream_options'] };
    const body = sentBy({ profile, hooks })?.body ?? '';
    expect(JSON.parse(body)).toEqual({ ...request, stream: true });
    expect(hooks.onIgnored).not.toHaveBeenCalled();
    expect(hooks.onRemovedField.mock.calls).toEqual([['stream_options', profile]]);

    const { transport } = sending(of(wire.H, wire.f, wire.D));
    chatCompletion$({ profile, transport, hooks }, { ...request, n: 2 }).subscribe();
    expect(hooks.onIgnored.mock.calls).toEqual([['n', profile]]);
  });

  it('reports a misspelt field to onIgnored if the profile lists all fields that the server reads', () => {
    const onIgnored = jest.fn();
    const { transport } = sending(of(wire.H, wire.f, wire.D));
    const misspelt = { ...request, extra: { temprature: 0 } };
    chatCompletion$({ ...ollama, transport, hooks: { onIgnored } }, misspelt).subscribe();
    expect(onIgnored.mock.calls).toEqual([['temprature', ollama.profile]]);
  });

  it('reports no field of a request for embeddings, which no profile lists as read', () => {
    const onIgnored = jest.fn();
    const { transport } = sending(EMPTY);
    embeddings$({ ...ollama, transport, hooks: { onIgnored } }, { model: 'any', input: 'Hi' }).subscribe({
      error: () => undefined,
    });
    expect(onIgnored).not.toHaveBeenCalled();
  });
});

function circle(): Record<string, unknown> {
  const self: Record<string, unknown> = {};
  self['self'] = self;
  return self;
}

describe('the transport', () => {
  it.each<[string, Transport, Error]>([
    [
      'throws',
      () => {
        throw new Error('no socket');
      },
      new ConnectionError('the transport failed: no socket', 'connect'),
    ],
    [
      'fails with an error of its own',
      () => throwError(() => new Error('no socket')),
      new ConnectionError('the transport failed: no socket', 'connect'),
    ],
    [
      'fails with an error of this library',
      () => throwError(() => new ConnectionError('refused', 'connect', 'E_OWN')),
      new ConnectionError('refused', 'connect', 'E_OWN'),
    ],
    [
      'completes without a head',
      () => EMPTY,
      new ProtocolError('the transport completed without a head: emit a head, then Uint8Arrays'),
    ],
    [
      'begins with bytes',
      () => of(wire.h),
      new ProtocolError('the transport emitted bytes first: emit a head, then Uint8Arrays'),
    ],
  ])('ends the call when it %s', (_, transport, error) => {
    marbles(({ expectObservable }) => {
      expectObservable(chatCompletion$({ transport }, request)).toBe('#', frames, error);
    });
  });

  it('may be retried by operators of its own, which never join two answers', async () => {
    const broken = throwError(() => new ConnectionError('reset', 'body'));
    const answers = (text: readonly Bytes[]): Transport => {
      let attempts = 0;
      return () =>
        defer(() =>
          ++attempts === 1 ? concat(of(wire.H), text, broken) : of(wire.H, wire.h, wire.f, wire.D),
        ).pipe(retry(1));
    };
    const stateOf = (text: readonly Bytes[]): Promise<ChatState> =>
      lastValueFrom(chatCompletion$({ transport: answers(text) }, request).pipe(toChatState()));
    await expect(stateOf([])).resolves.toMatchObject({ status: 'done', content: 'Hel' });
    await expect(stateOf([wire.h])).resolves.toMatchObject({
      status: 'failed',
      content: 'Hel',
      error: { _tag: 'ConnectionError', phase: 'body', retryable: true },
    });
    await expect(stateOf([wire.h, wire.f])).resolves.toMatchObject({ status: 'done', content: 'Hel' });
  });

  it('may emit everything synchronously', () => {
    marbles(({ expectObservable }) => {
      const transport: Transport = () => of(wire.H, wire.h, wire.l, wire.f, wire.D);
      expectObservable(chatCompletion$({ transport }, request)).toBe('(hlf|)', frames);
    });
  });

  it('is ignored after an error of the call', () => {
    const answer$ = new Subject<ResponseHead | Bytes>();
    const ended = jest.fn();
    chatCompletion$({ transport: () => answer$ }, request).subscribe({ error: ended });
    answer$.next(wire.H);
    answer$.next(rawBytesOf('data: {"error":"no"}\n\ndata: [DONE]\n\n'));
    expect(answer$.observed).toBe(false);
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it('may answer each request with its own response', () => {
    marbles(({ cold, expectObservable }) => {
      const transport: Transport = ({ url }) =>
        cold(stream, wire).pipe(map((part) => (url.includes('/v1/') ? part : wire.f)));
      expectObservable(chatCompletion$({ transport }, request)).toBe(chunks, frames);
    });
  });
});

describe('the hooks', () => {
  it('may be an instance of a class', () => {
    class Metrics {
      calls: string[] = [];
      onRequest = undefined;
      onHead(): void {
        this.calls.push('head');
      }
      onComplete(): void {
        this.calls.push('complete');
      }
      onError(): void {
        this.calls.push('error');
      }
      onAbort(): void {
        this.calls.push('abort');
      }
    }
    const hooks = new Metrics();
    chatCompletion$({ hooks, transport: () => of(wire.H, wire.f, wire.D) }, request).subscribe();
    chatCompletion$({ hooks, transport: () => of(wire.H) }, request).subscribe({ error: () => undefined });
    chatCompletion$({ hooks, transport: () => NEVER }, request)
      .subscribe()
      .unsubscribe();
    expect(hooks.calls).toEqual(['head', 'complete', 'head', 'error', 'abort']);
  });

  function watching() {
    const told: unknown[] = [];
    const hooks: ChatHooks = {
      onRequest: (request) => told.push(['request', request]),
      onHead: ({ status }) => told.push(['head', status]),
      onError: (error) => told.push(['error', error._tag]),
      onComplete: () => told.push('complete'),
      onAbort: () => told.push('abort'),
    };
    return { told, hooks };
  }
  const sent = ['request', { method: 'POST', url: 'http://localhost:11434/v1/chat/completions' }];

  it.each([
    ['completes', '-H-f-D|', [sent, ['head', 200], 'complete']],
    ['is cut off', '-H-h-|', [sent, ['head', 200], ['error', 'TruncatedError']]],
    ['is never answered', '-#', [sent, ['error', 'ConnectionError']]],
  ])('reports a call that %s', (_, answer, expected) => {
    const { told, hooks } = watching();
    marbles(({ cold, flush }) => {
      chatCompletion$({ hooks, transport: () => cold(answer, wire) }, request).subscribe({
        error: () => undefined,
      });
      flush();
    });
    expect(told).toEqual(expected);
  });

  it('reports a call that is unsubscribed from, once', () => {
    const { told, hooks } = watching();
    const call = chatCompletion$({ hooks, transport: () => NEVER }, request).subscribe();
    call.unsubscribe();
    call.unsubscribe();
    expect(told).toEqual([sent, 'abort']);
  });

  it('reports a call that is aborted as an error', () => {
    const { told, hooks } = watching();
    const failed = jest.fn();
    chatCompletion$({ hooks, signal: AbortSignal.abort() }, request).subscribe({ error: failed });
    expect(told).toEqual([['error', 'AbortedError']]);
  });

  it('receives no key, no query and no body', () => {
    const { told, hooks } = watching();
    const config = {
      hooks,
      apiKey: 'sk-1',
      baseURL: 'http://localhost/v1?key=sk-2',
      transport: () => NEVER,
    };
    chatCompletion$(config, request).subscribe().unsubscribe();
    expect(told[0]).toEqual(['request', { method: 'POST', url: 'http://localhost/v1/chat/completions' }]);
    expect(JSON.stringify(told)).not.toContain('sk-');
  });

  it.each(['onRequest', 'onHead'])('ends the call with what %s throws', (hook) => {
    const bug = new RangeError('a bug in a hook');
    const hooks = {
      [hook]: () => {
        throw bug;
      },
    };
    const result$ = chatCompletion$({ hooks, transport: () => of(wire.H, wire.f, wire.D) }, request);
    marbles(({ expectObservable }) => {
      expectObservable(result$).toBe('#', frames, bug);
    });
  });
});
