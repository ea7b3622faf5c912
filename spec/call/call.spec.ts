import { getEventListeners } from 'node:events';

import { isLeft, type Either, type Left } from 'fp-ts/Either';
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
import { responseHead, rawBytesOf } from 'rxjs-chat-completions/testing';

import type { Bytes, ResponseHead, Transport, TransportRequest } from '../../lib/transport/transport';
import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import type { ChatHooks } from '../../lib/call/ChatHooks';
import type { ChatConfig } from '../../lib/call/config';
import { embeddings$ } from '../../lib/call/embeddings';
import {
  AbortedError,
  ConnectionError,
  ProtocolError,
  RequestError,
  ChatTimeoutError,
  type HttpError,
} from '../../lib/errors';
import { models$ } from '../../lib/call/models';
import { ollama } from '../../lib/servers/ollama';
import type { ChatState } from '../../lib/state/ChatState';
import { toChatState } from '../../lib/state/toChatState';
import { marbles } from '../helpers/marbles';
import { frames } from '../helpers/frames';
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

/** Sends all requests the same answer, and keeps what was sent. */
function sending(answer$: Observable<ResponseHead | Bytes>) {
  const sent: TransportRequest[] = [];
  const transport: Transport = (request) => {
    sent.push(request);
    return answer$;
  };
  return { sent, transport };
}

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

describe('the key', () => {
  it('is sent as a bearer token, and not at all when there is none', () => {
    marbles(({ cold, flush }) => {
      const { sent, transport } = sending(cold(stream, wire));
      for (const apiKey of ['sk-1', '', undefined])
        chatCompletion$({ transport, apiKey }, request).subscribe();
      flush();
      expect(sent.map(({ headers }) => headers['authorization'])).toEqual([
        'Bearer sk-1',
        undefined,
        undefined,
      ]);
    });
  });

  it('may be emitted later by a function, whose source is then unsubscribed from', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const key$ = cold('   --k---------', { k: 'sk-1' });
      const answer$ = cold('  --H-h-l-f-D|', wire);
      const keySubs = '     ^-!';
      const subs = '        --^----------!';
      const expected = '    ------h-l-f-|';
      const { sent, transport } = sending(answer$);
      expectObservable(chatCompletion$({ transport, apiKey: () => key$ }, request)).toBe(expected, frames);
      expectSubscriptions(key$.subscriptions).toBe(keySubs);
      expectSubscriptions(answer$.subscriptions).toBe(subs);
      flush();
      expect(sent[0]?.headers['authorization']).toBe('Bearer sk-1');
    });
  });

  it('is read again at each subscription', () => {
    let asked = 0;
    const apiKey = (): Observable<string> => of(`sk-${++asked}`);
    marbles(({ cold, flush }) => {
      const { sent, transport } = sending(cold(stream, wire));
      const chunk$ = chatCompletion$({ transport, apiKey }, request);
      expect(asked).toBe(0);
      chunk$.subscribe();
      chunk$.subscribe();
      flush();
      expect(sent.map(({ headers }) => headers['authorization'])).toEqual(['Bearer sk-1', 'Bearer sk-2']);
    });
  });

  it('is the first value of its function', () => {
    marbles(({ cold, flush }) => {
      const { sent, transport } = sending(cold(stream, wire));
      chatCompletion$({ transport, apiKey: () => of('first', 'second') }, request).subscribe();
      flush();
      expect(sent.map(({ headers }) => headers['authorization'])).toEqual(['Bearer first']);
    });
  });

  it('may be the plain string that its function returns', () => {
    const { sent, transport } = sending(of(wire.H, wire.f, wire.D));
    chatCompletion$({ transport, apiKey: () => 'sk-0123456789' }, request).subscribe();
    expect(sent[0]?.headers['authorization']).toBe('Bearer sk-0123456789');
  });

  it('may be a promise', async () => {
    const { sent, transport } = sending(of(wire.H, wire.f, wire.D));
    const done = jest.fn();
    await new Promise<void>((resolve) => {
      chatCompletion$({ transport, apiKey: () => Promise.resolve('sk-1') }, request).subscribe({
        next: done,
        complete: resolve,
      });
    });
    expect(done).toHaveBeenCalledTimes(1);
    expect(sent[0]?.headers['authorization']).toBe('Bearer sk-1');
  });

  it.each<[string, () => Observable<string>, Error]>([
    [
      'throws',
      () => {
        throw new Error('locked');
      },
      new RequestError('the apiKey function failed; its error is the cause'),
    ],
    [
      'fails',
      () => throwError(() => new Error('locked')),
      new RequestError('the apiKey function failed; its error is the cause'),
    ],
    [
      'gives none',
      () => EMPTY,
      new RequestError('apiKey returned no key: return a string, or leave apiKey out'),
    ],
    [
      'fails with an error of this library',
      () => throwError(() => new ConnectionError('down', 'connect')),
      new ConnectionError('down', 'connect'),
    ],
    [
      'gives one with a line break',
      () => of('sk-1\n'),
      new RequestError(
        'apiKey has a character that cannot be sent in a header, such as a line break: copy the key again, in one line',
      ),
    ],
  ])('ends the call, and nothing is sent, when its function %s', (_, apiKey, error) => {
    marbles(({ cold, expectObservable, flush }) => {
      const { sent, transport } = sending(cold(stream, wire));
      expectObservable(chatCompletion$({ transport, apiKey }, request)).toBe('#', undefined, error);
      flush();
      expect(sent).toEqual([]);
    });
  });

  it('is not in the error when its function fails', () => {
    const failed = jest.fn<undefined, [unknown]>();
    const reason = new Error('locked');
    chatCompletion$({ apiKey: () => throwError(() => reason) }, request).subscribe({ error: failed });
    const [[error]] = failed.mock.calls as [[RequestError]];
    expect(error.cause).toBe(reason);
    expect(JSON.stringify(error)).not.toContain('locked');
  });

  it('is unsubscribed from together with the call', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const key$ = cold('---k', { k: 'sk-1' });
      const unsub = '    ^-!';
      const { sent, transport } = sending(cold(stream, wire));
      expectObservable(chatCompletion$({ transport, apiKey: () => key$ }, request), unsub).toBe('-');
      expectSubscriptions(key$.subscriptions).toBe(unsub);
      flush();
      expect(sent).toEqual([]);
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

describe('the signal', () => {
  /** A call that is aborted in a frame; listeners to the signal are counted at its end. */
  function aborted(frame: number, apiKey?: ChatConfig['apiKey']) {
    const controller = new AbortController();
    const { signal } = controller;
    const at = (cold: (marbles: string) => Observable<unknown>): void => {
      cold(`${'-'.repeat(frame)}x`).subscribe(() => controller.abort(new Error('enough')));
    };
    return { at, config: { signal, apiKey }, listeners: () => getEventListeners(signal, 'abort').length };
  }

  it.each([
    ['while the head is awaited', 1, '-#', '^!'],
    ['after the head', 3, '---#', '^--!'],
    ['after some text', 5, '----h#', '^----!'],
  ])('ends the call %s, and unsubscribes from the answer', (_, frame, expected, subs) => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const { at, config, listeners } = aborted(frame);
      const answer$ = cold(stream, wire);
      at(cold);
      const result$ = chatCompletion$({ ...config, transport: () => answer$ }, request);
      expectObservable(result$).toBe(expected, frames, new AbortedError());
      expectSubscriptions(answer$.subscriptions).toBe(subs);
      flush();
      expect(listeners()).toBe(0);
    });
  });

  it('ends the call while the key is awaited', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const key$ = cold('---k', { k: 'sk-1' });
      const { at, config, listeners } = aborted(2, () => key$);
      const { sent, transport } = sending(NEVER);
      at(cold);
      expectObservable(chatCompletion$({ ...config, transport }, request)).toBe(
        '--#',
        frames,
        new AbortedError(),
      );
      expectSubscriptions(key$.subscriptions).toBe('^-!');
      flush();
      expect(sent).toEqual([]);
      expect(listeners()).toBe(0);
    });
  });

  it('ends the call before a request if it is already aborted', () => {
    const apiKey = jest.fn(() => of('sk-1'));
    marbles(({ expectObservable, flush }) => {
      const { sent, transport } = sending(NEVER);
      const signal = AbortSignal.abort();
      expectObservable(chatCompletion$({ signal, apiKey, transport }, request)).toBe(
        '#',
        frames,
        new AbortedError(),
      );
      flush();
      expect(apiKey).not.toHaveBeenCalled();
      expect(sent).toEqual([]);
    });
  });

  it('is listened to only until the call completes, fails or is unsubscribed from', () => {
    const { signal } = new AbortController();
    const listeners = (): number => getEventListeners(signal, 'abort').length;
    const config = { signal, transport: () => answer$ };
    const answer$ = new Subject<ResponseHead | Bytes>();
    const subscribe = () => chatCompletion$(config, request).subscribe({ error: () => undefined });
    expect(listeners()).toBe(0);

    const subscriptions = [subscribe(), subscribe()];
    expect(listeners()).toBe(1);
    subscriptions[0]?.unsubscribe();
    expect(listeners()).toBe(1);
    subscriptions[1]?.unsubscribe();
    expect(listeners()).toBe(0);

    subscribe();
    [wire.H, wire.f, wire.D].forEach((part) => answer$.next(part));
    expect(listeners()).toBe(0);

    subscribe();
    expect(listeners()).toBe(1);
    answer$.error(new Error('reset'));
    expect(listeners()).toBe(0);
  });

  it('changes nothing when it is aborted after the end', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const { at, config } = aborted(12);
      const answer$ = cold(' --H-h-l-f-D---|', wire);
      const subs = '         ^-------------!';
      const expected = '     ----h-l-f-|';
      at(cold);
      expectObservable(chatCompletion$({ ...config, transport: () => answer$ }, request)).toBe(
        expected,
        frames,
      );
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('is the cause of the error', () => {
    const failed = jest.fn<undefined, [AbortedError]>();
    const reason = new Error('enough');
    chatCompletion$({ signal: AbortSignal.abort(reason) }, request).subscribe({ error: failed });
    expect(failed.mock.calls[0]?.[0].cause).toBe(reason);
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
      'baseURL must begin with http:// or https://, not ftp:',
    ],
    [
      'a bad header',
      { headers: { 'x-a': 'line\nbreak' } },
      'headers: the value of x-a cannot be sent in a header: use a string of one line, in Latin-1',
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

  const profileOf = (fields: object): object => ({ profile: { name: 'mine', ...fields } });

  it.each<[string, unknown, string]>([
    ['no config', undefined, 'config must be an object, not undefined: pass {} for Ollama'],
    ['null for a config', null, 'config must be an object, not null: pass {} for Ollama'],
    ['a config that is text', 'http://x', 'config must be an object, not string: pass {} for Ollama'],
    ['baseUrl', { baseUrl: 'https://llm.example.com' }, 'config has no field baseUrl: write baseURL'],
    ['apikey', { apikey: 'sk-1' }, 'config has no field apikey: write apiKey'],
    ['onerror', { hooks: { onerror: () => undefined } }, 'hooks has no field onerror: write onError'],
    ['Idle', { timeouts: { Idle: 1 } }, 'timeouts has no field Idle: write idle'],
    ['a fetch that is none', { fetch: {} }, 'fetch must be a function'],
    ['a transport that is none', { transport: of(1) }, 'transport must be a function'],
    ['a gate that is none', { gate: true }, 'gate must be a ReadGate'],
    [
      'an AbortController',
      { signal: new AbortController() },
      'signal must be an AbortSignal: of an AbortController pass its signal',
    ],
    [
      'a URL object',
      { baseURL: new URL('https://x') },
      'baseURL must be a string: of a URL object pass its href',
    ],
    [
      'null for a key',
      { apiKey: null },
      'apiKey must be a string or a function: leave it out if there is no key',
    ],
    [
      'a function whose key is null',
      { apiKey: () => of(null) },
      'apiKey returned no key: return a string, or leave apiKey out',
    ],
    ['null for a transport', { transport: null }, 'transport must be a function'],
    [
      'null for headers',
      { headers: null },
      'headers must be a plain object: of Headers or a Map pass Object.fromEntries(headers)',
    ],
    ['timeouts that are a number', { timeouts: 5_000 }, 'timeouts must be an object'],
    ['null for limits', { limits: null }, 'limits must be an object'],
    ...[null, '5000', -1, NaN].map((idle): [string, unknown, string] => [
      `an idle time of ${String(idle)}`,
      { timeouts: { idle } },
      'timeouts.idle must be a number, 0 or more',
    ]),
    ['a limit that is not a number', { limits: { line: NaN } }, 'limits.line must be a number, 0 or more'],
    [
      'an activity of another name',
      { timeouts: { activity: 'tokens' } },
      "timeouts.activity must be 'bytes', 'events' or 'content'",
    ],
    [
      'a scheduler that is a clock',
      { timeouts: { scheduler: Date } },
      'timeouts.scheduler must be a scheduler of RxJS',
    ],
    ['hooks that are text', { hooks: 'onError' }, 'hooks must be an object or a function'],
    ['a list of refused fields', { refusedFields: ['store'] }, 'refusedFields must be a function'],
    ['the name of a server', { profile: 'ollama' }, 'profile must be an object'],
    ['null for a profile', { profile: null }, 'profile must be an object'],
    [
      'a server for its profile',
      { profile: ollama },
      'profile.name must be a string: of a server pass its profile',
    ],
    ['reads that are text', profileOf({ reads: 'model' }), 'profile.reads must be a list of strings'],
    [
      'ignores that are an object',
      profileOf({ ignores: { user: true } }),
      'profile.ignores must be a list of strings',
    ],
    ['rejects with a number', profileOf({ rejects: ['n', 1] }), 'profile.rejects must be a list of strings'],
    ['renames that are a list', profileOf({ renames: [] }), 'profile.renames must be an object of strings'],
    [
      'renames with null',
      profileOf({ renames: { n: null } }),
      'profile.renames must be an object of strings',
    ],
    ['null for a role', profileOf({ developerRole: null }), 'profile.developerRole must be a string'],
    ['a number for a field', profileOf({ reasoningField: 1 }), 'profile.reasoningField must be a string'],
    ['a list for a header', profileOf({ keyHeader: ['x'] }), 'profile.keyHeader must be a string'],
    [
      'keyNames that are text',
      profileOf({ keyNames: 'A_KEY' }),
      'profile.keyNames must be a list of strings',
    ],
    [
      'Headers',
      { headers: new Headers({ 'x-title': 'x' }) },
      'headers must be a plain object: of Headers or a Map pass Object.fromEntries(headers)',
    ],
  ])('errors in JavaScript with %s', (_, config, message) => {
    const error = new RequestError(message);
    const wrong = config as ChatConfig;
    marbles(({ expectObservable }) => {
      expectObservable(chatCompletion$(wrong, request)).toBe('#', frames, error);
      expectObservable(completion$(wrong, request)).toBe('#', undefined, error);
      expectObservable(models$(wrong)).toBe('#', undefined, error);
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

  it.each(['fetch', 'signal', 'hooks'])('may have null for %s in its config', (field) => {
    expect(sentBy({ [field]: null })).toBeDefined();
  });

  it('may have hooks that extend a built-in class', () => {
    class Counts extends Map<string, number> implements ChatHooks {
      onComplete(): void {
        this.set('completed', 1);
      }
    }
    const hooks = new Counts();
    const { transport } = sending(of(wire.H, wire.f, wire.D));
    chatCompletion$({ transport, hooks }, request).subscribe();
    expect(hooks.get('completed')).toBe(1);
  });

  it('may have unknown fields in its config', () => {
    expect(sentBy({ theme: 'dark', timeouts: { name: 'slow' } } as ChatConfig)).toBeDefined();
  });

  it.each([
    ['a BigInt', { seed: 1n }],
    ['a circle', circle()],
  ])('is not sent when it holds %s', (_, extra) => {
    marbles(({ expectObservable, flush }) => {
      const { sent, transport } = sending(NEVER);
      const error = new RequestError(
        'the request cannot be serialized as JSON: remove BigInts and circular references',
      );
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
      new ProtocolError('the transport completed without a head: emit one, or an error'),
    ],
    [
      'begins with bytes',
      () => of(wire.h),
      new ProtocolError('the transport emitted bytes before the head: emit the head first'),
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
