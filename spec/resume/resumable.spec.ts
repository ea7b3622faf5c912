import { EMPTY, from, ignoreElements, lastValueFrom, map, takeLast, toArray } from 'rxjs';
import {
  accumulateContent,
  chatCompletion$,
  chatTimeout,
  defaultPolicy,
  LimitError,
  ReadGate,
  retryChat,
  TruncatedError,
  type ChatConfig,
  type Transport,
} from 'rxjs-chat-completions';
import { resumable, resume$, type ResumableOptions } from 'rxjs-chat-completions/resume';
import { marbleTransport, type MarbleTransport } from 'rxjs-chat-completions/testing';
import type { RunHelpers } from 'rxjs/testing';

import { marbles } from '../helpers/marbles';
import { bytesOf } from '../helpers/reads';

const question = { model: 'small', messages: [{ role: 'user', content: 'Hi' }] } as const;
const head = (status: number, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers: { 'content-type': 'text/event-stream', ...headers },
});
const event = (id: number, content: string): string =>
  `id: ${id}\ndata: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;

const values = {
  /** The head of a relay with a log, and of one without. */
  h: head(200, { 'x-stream-id': 'm42' }),
  p: head(200),
  a: bytesOf(event(1, 'a')),
  b: bytesOf(event(2, 'b')),
  c: bytesOf(event(3, 'c')),
  /** The first and the second half of `b`. */
  x: bytesOf(event(2, 'b').slice(0, 30)),
  y: bytesOf(event(2, 'b').slice(30)),
  d: bytesOf('id: 4\ndata: {"choices":[{"index":0,"finish_reason":"stop","delta":{}}]}\n\ndata: [DONE]\n\n'),
  /** A comment, and the reconnection time of a server. */
  k: bytesOf(': keep-alive\n\n'),
  r: bytesOf('retry: 20\n\n'),
  o: bytesOf('data: {"error":{"message":"x","type":"relay_error","code":"orphaned","param":null}}\n\n'),
  l: bytesOf(
    'data: {"error":{"message":"x","type":"relay_error","code":"log_unavailable","param":null}}\n\n',
  ),
  e: bytesOf('id: 3\ndata: {"error":{"message":"the model failed","type":"ServerError","code":502}}\n\n'),
  // The answers to a GET and a DELETE.
  n: head(204),
  u: head(404),
  t: head(410),
  w: head(502),
  v: bytesOf('{"error":{"message":"x","type":"relay_error","code":"orphaned","param":null}}'),
  s: head(503, { 'retry-after-ms': '3' }),
};

/** Runs a call over the responses of a relay. The waits are 2 ms. */
const run = (
  responses: string | readonly string[],
  test: (
    context: RunHelpers & {
      readonly network: MarbleTransport;
      readonly config: ChatConfig;
      transport: Transport;
    },
  ) => void,
  options: ResumableOptions = {},
  others: Readonly<Record<string, Uint8Array>> = {},
): void =>
  marbles((helpers) => {
    const network = marbleTransport(helpers.cold, responses, { ...values, ...others });
    const policy = (): number => 2;
    const transport = resumable(network, { policy, ...options });
    test({ ...helpers, network, transport, config: { transport, headers: { 'idempotency-key': 'm42' } } });
    helpers.flush();
  });

const sent = ({ requests }: MarbleTransport): unknown =>
  requests.map(({ method, url, headers }) => [
    method,
    url.replace('http://localhost:11434/v1', ''),
    headers['last-event-id'],
  ]);

const text = { A: 'a', B: 'ab', C: 'abc' };

describe('resumable', () => {
  it('holds no more of an event than the limits of the config allow', () => {
    run(['h-x--', 'n|'], ({ config, expectObservable }) => {
      const limited = { ...config, limits: { event: 20, line: 20 } };
      expectObservable(chatCompletion$(limited, question)).toBe('--#', undefined, new LimitError('line', 20));
    });
  });

  it('joins after the last event when the connection breaks', () => {
    run(['h-a-b-#', 'h-c-d|'], ({ network, config, expectObservable, flush }) => {
      expectObservable(chatCompletion$(config, question).pipe(accumulateContent())).toBe(
        '--A-B-----C-|',
        text,
      );
      flush();
      expect(sent(network)).toEqual([
        ['POST', '/chat/completions', undefined],
        ['GET', '/chat/completions/m42', '2'],
      ]);
      expect(network.requests[1]?.headers).toEqual({ accept: 'text/event-stream', 'last-event-id': '2' });
    });
  });

  it('joins when the body ends before the answer does', () => {
    run(['h-a|', 'h-bcd|'], ({ config, expectObservable }) => {
      expectObservable(chatCompletion$(config, question).pipe(accumulateContent())).toBe('--A----BC|', text);
    });
  });

  it('passes on only complete events, each of them once', () => {
    run(['h-ax#', 'h-xycd|'], ({ config, expectObservable }) => {
      expectObservable(chatCompletion$(config, question).pipe(accumulateContent())).toBe(
        '--A------BC|',
        text,
      );
    });
  });

  it.each([
    ['comments', 'h-a---k---b---cd|'],
    ['the parts of a long event', 'h-a---x---y---cd|'],
  ])('passes on that %s arrive, which keeps the call from its idle timeout', (_, response) => {
    const timeouts = { idle: 5 };
    run(response, ({ config, expectObservable }) => {
      const text$ = chatCompletion$({ ...config, timeouts }, question).pipe(accumulateContent());
      expectObservable(text$).toBe('--A-------B---C|', text);
    });
  });

  it('gives up after a number of attempts without an event between them', () => {
    const responses = ['h-a#', '-#', '-#', 'h-b#', '-#', '-#', '-#'];
    const count = 3;
    run(
      responses,
      ({ config, network, expectObservable, flush }) => {
        expectObservable(chatCompletion$(config, question).pipe(accumulateContent())).toBe(
          '--A----------B---------#',
          text,
          { _tag: 'ConnectionError' },
        );
        flush();
        expect(network.requests).toHaveLength(7);
      },
      { count },
    );
  });

  it.each([
    ['comments', 'h-k#', 'k'],
    ['the page of a network that requires a login', 'h-g|', 'g'],
  ])('does not count %s as an event between the attempts', (_, response) => {
    const attempts: number[] = [];
    run(
      ['h-a#', response, response, response, response],
      ({ config, expectObservable, flush }) => {
        expectObservable(chatCompletion$(config, question).pipe(ignoreElements())).toBe('18ms #', undefined, {
          _tag: 'ConnectionError',
        });
        flush();
        expect(attempts).toEqual([1, 2, 3]);
      },
      { count: 3, policy: ({ attempt }) => (attempts.push(attempt), 2) },
      { g: bytesOf('<!doctype html>\n\n<title>Welcome</title>\n\n') },
    );
  });

  it('waits as long as the relay requests, and no less', () => {
    run(['h-ra#', 's|', 'h-bcd|'], ({ config, expectObservable }) => {
      expectObservable(chatCompletion$(config, question).pipe(accumulateContent())).toBe(
        '---A 20ms 20ms ---BC|',
        text,
      );
    });
  });

  it.each(['60000', '60001', '999999999', '9'.repeat(20)])(
    'waits no longer than a minute, at a reconnection time of %s ms',
    (retry) => {
      run(
        ['h-ra#', 'h-bcd|'],
        ({ config, expectObservable }) => {
          expectObservable(chatCompletion$(config, question).pipe(accumulateContent())).toBe(
            '---A 60s --BC|',
            text,
          );
        },
        {},
        { r: bytesOf(`retry: ${retry}\n\n`) },
      );
    },
  );

  it.each([
    ['410', 't|', { _tag: 'HttpError', status: 410 }],
    ['404', 'u|', { _tag: 'HttpError', status: 404 }],
  ])('errors when the relay responds with %s', (_, response, error) => {
    run(
      ['h-a#', response],
      ({ config, expectObservable }) => {
        expectObservable(chatCompletion$(config, question).pipe(accumulateContent())).toBe(
          '--A---#',
          text,
          error,
        );
      },
      { policy: ({ error: { retryable } }) => (retryable ? 2 : null) },
    );
  });

  it('completes when it has all events', () => {
    run(['h-abcd', 'n|'], ({ transport, expectObservable }) => {
      const request = {
        method: 'GET',
        url: '/api/chat/completions/m42',
        headers: { accept: 'text/event-stream' },
      } as const;
      expectObservable(transport(request), '-------!').toBe('h-abcd', values);
    });
    run(['h-abc#', 'n|'], ({ config, expectObservable }) => {
      expectObservable(chatCompletion$(config, question).pipe(accumulateContent())).toBe(
        '--ABC--#',
        text,
        new TruncatedError(),
      );
    });
  });

  it('errors when the writer has died, in a way that can be continued', () => {
    run('h-ao', ({ config, expectObservable }) => {
      const error = new TruncatedError('the process that wrote the answer has ended: send the request again');
      expectObservable(chatCompletion$(config, question).pipe(accumulateContent())).toBe('--A#', text, error);
    });
  });

  it('errors in the same way when the relay responds with that', () => {
    run(['h-a#', 'wv|'], ({ config, network, expectObservable, flush }) => {
      const error = new TruncatedError('the process that wrote the answer has ended: send the request again');
      expectObservable(chatCompletion$(config, question).pipe(accumulateContent())).toBe(
        '--A----#',
        text,
        error,
      );
      flush();
      expect(network.requests).toHaveLength(2);
    });
  });

  it('joins again when the relay has lost its log for a moment', () => {
    run(['h-al', 'h-bcd|'], ({ config, expectObservable }) => {
      expectObservable(chatCompletion$(config, question).pipe(accumulateContent())).toBe('--A----BC|', text);
    });
  });

  it('does not join again after an error of the answer', () => {
    run(['h-abe|'], ({ config, network, expectObservable, flush }) => {
      const error = { _tag: 'ServerError', serverMessage: 'the model failed' };
      expectObservable(chatCompletion$(config, question).pipe(accumulateContent())).toBe(
        '--AB-#',
        text,
        error,
      );
      flush();
      expect(network.requests).toHaveLength(1);
    });
  });

  it('has the address of the transport that it wraps', () => {
    const addressOf = (url: string): string => `${url}?translated`;
    const transport = resumable(Object.assign(() => EMPTY, { addressOf }));
    expect(transport.addressOf?.('/a')).toBe('/a?translated');
  });

  it('is the transport that it wraps where no log is', () => {
    run(['p-a#'], ({ config, network, expectObservable, flush }) => {
      const error = { _tag: 'ConnectionError', phase: 'body' };
      expectObservable(chatCompletion$(config, question).pipe(accumulateContent())).toBe('--A#', text, error);
      flush();
      expect(network.requests).toHaveLength(1);
    });
    run(['s|'], ({ config, expectObservable }) => {
      expectObservable(chatCompletion$(config, question)).toBe('-#', text, {
        _tag: 'HttpError',
        status: 503,
      });
    });
    run(['#'], ({ config, expectObservable }) => {
      expectObservable(chatCompletion$(config, question)).toBe('#', text, {
        _tag: 'ConnectionError',
        phase: 'connect',
      });
    });
  });

  it.each([
    ['unsubscribing', {}, ['POST', 'DELETE']],
    ['leaving', { leave: true }, ['POST']],
  ])('stops the answer by %s as its options request', (_, options, methods) => {
    run(
      ['h-a----', 'n|'],
      ({ config, network, expectObservable, flush }) => {
        const text$ = chatCompletion$(config, question).pipe(accumulateContent());
        expectObservable(text$, '----!').toBe('--A', text);
        flush();
        expect(network.requests.map(({ method }) => method)).toEqual(methods);
      },
      options,
    );
  });

  it.each([
    ['before the head', '------', '--!', ['POST', 'DELETE']],
    ['while it waits to join again', 'h-a#', '----!', ['POST', 'DELETE']],
    ['after the end', 'h-abcd--', '------!', ['POST']],
    ['of a server without a log', 'p-a---', '----!', ['POST']],
  ])('stops an answer %s only if it may run', (_, response, unsubscription, methods) => {
    run([response, 'n|'], ({ config, network, expectObservable, flush }) => {
      expectObservable(chatCompletion$(config, question), unsubscription);
      flush();
      expect(network.requests.map(({ method }) => method)).toEqual(methods);
      expect(network.requests[1]?.url ?? '/m42').toMatch(/\/m42$/);
    });
  });

  describe('on a connection without a sign of its end', () => {
    it('joins again when it is idle for longer than three heartbeats', () => {
      run(['h-a---', 'h-bcd|'], ({ config, network, expectObservable, flush }) => {
        expectObservable(chatCompletion$(config, question).pipe(accumulateContent())).toBe(
          '--A 44999ms 2ms --BC|',
          text,
        );
        flush();
        expect(sent(network)).toEqual([
          ['POST', '/chat/completions', undefined],
          ['GET', '/chat/completions/m42', '1'],
        ]);
      });
    });

    it.each([
      ['before the head', '---'],
      ['after the head', 'h--'],
    ])('joins again when the second one is idle %s', (_, second) => {
      run(
        ['h-a---', second, 'h-bcd|'],
        ({ config, network, expectObservable, flush }) => {
          const text$ = chatCompletion$(config, question).pipe(accumulateContent(), toArray<string>());
          expectObservable(text$.pipe(map((texts) => texts.join()))).toBe('30ms (x|)', { x: 'a,ab,abc' });
          flush();
          expect(network.requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET']);
        },
        { idle: 10 },
      );
    });

    it('waits while comments arrive, while the gate is closed, and without a limit', () => {
      const comments = { idle: 5 };
      run(
        'h-a---k---k---bcd|',
        ({ config, network, expectObservable, flush }) => {
          expectObservable(chatCompletion$(config, question).pipe(accumulateContent()));
          flush();
          expect(network.requests).toHaveLength(1);
        },
        comments,
      );
      run(
        'h-a 10ms bcd|',
        ({ config, network, expectObservable, flush, cold }) => {
          const gate = new ReadGate();
          let release = (): void => undefined;
          cold('---x----------y').subscribe((at) => {
            if (at === 'x') release = gate.hold();
            else release();
          });
          expectObservable(chatCompletion$({ ...config, gate }, question).pipe(accumulateContent()));
          flush();
          expect(network.requests).toHaveLength(1);
        },
        comments,
      );
      run(
        'h-a 100s bcd|',
        ({ config, network, expectObservable, flush }) => {
          expectObservable(chatCompletion$(config, question).pipe(accumulateContent()));
          flush();
          expect(network.requests).toHaveLength(1);
        },
        { idle: Infinity },
      );
    });

    it('does not join a server without a log', () => {
      run(
        'p-a 20ms bcd|',
        ({ config, network, expectObservable, flush }) => {
          expectObservable(chatCompletion$(config, question).pipe(accumulateContent()));
          flush();
          expect(network.requests).toHaveLength(1);
        },
        { idle: 5 },
      );
    });
  });

  describe('after a time limit of the call', () => {
    const idle = { idle: 5, activity: 'content' } as const;
    it.each([
      ['leaves, so that a retry joins the answer', 'm42', idle, 'idle', ['POST']],
      ['stops an answer that no retry can join', undefined, idle, 'idle', ['POST', 'DELETE']],
      ['stops an answer that is not to be retried', 'm42', { total: 5 }, 'total', ['POST', 'DELETE']],
      ['stops an answer that did not begin in time', 'm42', { first: 5 }, 'first', ['POST', 'DELETE']],
    ] as const)('%s', (_, key, timeouts, phase, methods) => {
      run(
        [phase === 'first' ? 'h-k-k-k-k-k-k' : 'h-ak-k-k-k-k-', 'n|'],
        ({ transport, network, expectObservable, flush }) => {
          const config = { transport, timeouts, ...(key && { headers: { 'idempotency-key': key } }) };
          expectObservable(chatCompletion$(config, question).pipe(ignoreElements())).toBe(
            phase === 'idle' ? '-------#' : '-----#',
            undefined,
            { _tag: 'ChatTimeoutError', phase },
          );
          flush();
          expect(network.requests.map(({ method }) => method)).toEqual(methods);
        },
      );
    });

    it('reads the complete answer by a retry of the call', () => {
      run(['h-a----------', 'h-abcd|'], ({ config, network, expectObservable, flush }) => {
        const text$ = chatCompletion$({ ...config, timeouts: idle }, question).pipe(
          retryChat({ restart: true, policy: () => 2 }),
          accumulateContent(),
        );
        expectObservable(text$.pipe(takeLast(1))).toBe('14ms (C|)', text);
        flush();
        expect(network.requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
      });
    });

    it('stops at a limit of an operator, which unsubscribes as any consumer does', () => {
      run(['h-a-------', 'n|'], ({ config, network, expectObservable, flush }) => {
        expectObservable(
          chatCompletion$(config, question).pipe(chatTimeout({ idle: 3 }), ignoreElements()),
        ).toBe('-----#', undefined, { _tag: 'ChatTimeoutError' });
        flush();
        expect(network.requests.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
      });
    });
  });

  it('makes a key for each subscription if there is none, also on a page over http', () => {
    // A browser has it on secure pages only.
    const randomUUID = jest.spyOn(crypto, 'randomUUID').mockImplementation(() => {
      throw new TypeError('crypto.randomUUID is not a function');
    });
    run(['h-abcd|', 'h-abcd|'], ({ transport, network, expectObservable, flush }) => {
      const chunk$ = chatCompletion$({ transport }, question).pipe(accumulateContent());
      expectObservable(chunk$);
      expectObservable(chunk$);
      flush();
      const keys = network.requests.map(({ headers }) => headers['idempotency-key']);
      expect(new Set(keys).size).toBe(2);
      expect(keys.join()).toMatch(/^[\da-f]{32},[\da-f]{32}$/);
    });
    randomUUID.mockRestore();
  });

  it('keeps the query of the URL, and other headers', () => {
    run(['h-a#', 'h-bcd|'], ({ transport, network, expectObservable, flush }) => {
      const config = {
        transport,
        baseURL: 'http://relay/api?v=1',
        apiKey: 'k',
        headers: { 'idempotency-key': 'a/b' },
      };
      expectObservable(chatCompletion$(config, question));
      flush();
      expect(network.requests[1]).toMatchObject({
        url: 'http://relay/api/chat/completions/a%2Fb?v=1',
        headers: { authorization: 'Bearer k' },
      });
    });
  });

  it('cuts nothing when an event arrives in reads of one byte', () => {
    const bytes = bytesOf(`${event(1, 'ä\n\n😀')}${event(2, 'b')}data: [DONE]\n\n`);
    let emitted = '';
    const transport: Transport = () => from([values.h, ...[...bytes].map((byte) => Uint8Array.of(byte))]);
    const request = {
      method: 'POST',
      url: '/chat/completions',
      headers: { accept: 'text/event-stream' },
    } as const;
    resumable(transport)(request).subscribe((part) => {
      if (part instanceof Uint8Array) emitted += new TextDecoder().decode(part);
    });
    expect(emitted.replaceAll(/^:\n\n/gm, '')).toBe(new TextDecoder().decode(bytes));
  });
});

describe('resume$', () => {
  it('joins an answer from its start, and again when the connection breaks', () => {
    run(['h-ab#', 'h-cd|'], ({ transport, network, expectObservable, flush }) => {
      expectObservable(resume$({ transport }, 'm42').pipe(accumulateContent())).toBe('--AB----C|', text);
      flush();
      expect(sent(network)).toEqual([
        ['GET', '/chat/completions/m42', undefined],
        ['GET', '/chat/completions/m42', '2'],
      ]);
    });
  });

  it('stops the answer when it is unsubscribed', () => {
    run(['h-a-----', 'n|'], ({ transport, network, expectObservable, flush }) => {
      expectObservable(resume$({ transport }, 'm42'), '----!');
      flush();
      expect(network.requests.map(({ method }) => method)).toEqual(['GET', 'DELETE']);
    });
  });

  it('errors when the relay does not have the answer', () => {
    run(
      ['u|'],
      ({ transport, expectObservable }) => {
        expectObservable(resume$({ transport }, 'm42')).toBe('-#', undefined, {
          _tag: 'HttpError',
          status: 404,
        });
      },
      { policy: defaultPolicy },
    );
  });

  it.each([
    ['cannot be reached', '--#', '------AB--C|'],
    ['is unavailable', '-s|', '------AB--C|'],
  ])('joins when a relay that %s at first is there again', (_, first, expected) => {
    run([first, 'h-ab--cd|'], ({ transport, network, expectObservable, flush }) => {
      expectObservable(resume$({ transport }, 'm42').pipe(accumulateContent())).toBe(expected, text);
      flush();
      expect(sent(network)).toEqual([
        ['GET', '/chat/completions/m42', undefined],
        ['GET', '/chat/completions/m42', undefined],
      ]);
    });
  });

  it('gives up when a relay stays away', () => {
    run(
      ['#', '#'],
      ({ transport, expectObservable }) => {
        expectObservable(resume$({ transport }, 'm42')).toBe('--#', undefined, { _tag: 'ConnectionError' });
      },
      { count: 1 },
    );
  });

  it('begins with the head, as any response does, and joins no server without a log', () => {
    run(['p-a#'], ({ network, expectObservable }) => {
      expectObservable(resume$({ transport: resumable(network) }, 'm42').pipe(accumulateContent())).toBe(
        '--A#',
        text,
        {
          _tag: 'ConnectionError',
        },
      );
    });
  });

  it.each(['', '.', '..', '\ud800', null, undefined, 5])('errors for the id %j', (id) => {
    run([], ({ transport, network, expectObservable, flush }) => {
      expectObservable(resume$({ transport }, id as string)).toBe('#', undefined, { _tag: 'RequestError' });
      flush();
      expect(network.requests).toEqual([]);
    });
  });

  it('joins again by itself without a transport', async () => {
    const methods: string[] = [];
    const fetch: typeof globalThis.fetch = (_, init) => {
      methods.push(init?.method ?? '');
      const isFirst = methods.length === 1;
      return Promise.resolve(
        new Response(isFirst ? event(1, 'a') : `${event(2, 'b')}data: [DONE]\n\n`, {
          headers: values.h.headers,
        }),
      );
    };
    expect(await lastValueFrom(resume$({ fetch }, 'm42').pipe(accumulateContent()))).toBe('ab');
    expect(methods).toEqual(['GET', 'GET']);
  });
});
