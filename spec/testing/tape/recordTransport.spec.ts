import { concat, config, NEVER, of, take, throwError, VirtualTimeScheduler, type Observable } from 'rxjs';
import {
  accumulateContent,
  chatCompletion$,
  ConnectionError,
  type Bytes,
  type ResponseHead,
  type Transport,
  type TransportRequest,
} from 'rxjs-chat-completions';
import {
  bytesOf,
  doneFrame,
  finishChunk,
  head200,
  responseHead,
  marbleTransport,
  rawBytesOf,
  recordTransport,
  tapeOf,
  tapeText,
  type RecordOptions,
  type Tape,
} from 'rxjs-chat-completions/testing';

import { toBytes } from '../../../lib/tape/tapeRead';
import { marbles } from '../../helpers/marbles';

const KEY = 'sk-very-secret';
const request: TransportRequest = {
  method: 'POST',
  url: 'https://llm.example.com/v1/chat/completions?api-version=1&api-key=query-secret',
  headers: { accept: 'text/event-stream', authorization: `Bearer ${KEY}`, 'x-tenant': 'tenant-secret' },
  body: '{"model":"small","messages":[{"role":"user","content":"a private question"}]}',
};

/** Returns the tape of a response that has ended or was aborted. */
function tapeOfAnswer(answer$: Observable<ResponseHead | Bytes>, options?: RecordOptions): Tape {
  const tapes: Tape[] = [];
  const transport = recordTransport(
    () => answer$,
    (tape) => tapes.push(tape),
    { scheduler: new VirtualTimeScheduler(), ...options },
  );
  transport(request)
    .subscribe({ error: () => undefined })
    .unsubscribe();
  expect(tapes).toHaveLength(1);
  return tapeOf(JSON.parse(tapeText(tapes[0]!)));
}

describe('recordTransport', () => {
  it.each<[string, Observable<ResponseHead | Bytes>]>([
    ['complete', of(head200)],
    ['failed', throwError(() => new ConnectionError('refused', 'connect'))],
    ['aborted', NEVER],
  ])('reports an error of the sink at a tape that is %s', (_, answer$) => {
    jest.useFakeTimers();
    try {
      const unhandled = (config.onUnhandledError = jest.fn());
      const transport = recordTransport(
        () => answer$,
        () => {
          throw new Error('no such folder');
        },
      );
      transport(request)
        .subscribe({ error: () => undefined })
        .unsubscribe();
      jest.runAllTimers();
      expect(unhandled.mock.calls).toEqual([[new Error('no such folder')]]);
    } finally {
      config.onUnhandledError = null;
      jest.useRealTimers();
    }
  });

  it('records reads and their times', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const tapes: Tape[] = [];
      const values = { a: 'Hel', b: ['lo', finishChunk('stop'), doneFrame()] as const };
      const live = marbleTransport(cold, '  --h 5s a--(b|)', values);
      const sent = { h: head200, a: bytesOf('Hel'), b: bytesOf('lo', finishChunk('stop'), doneFrame()) };
      const transport = recordTransport(live, (tape) => tapes.push(tape));
      expectObservable(transport(request)).toBe('--h 5s a--(b|)', sent);
      expectSubscriptions(live.subscriptions).toBe('^-- 5s ---!');
      flush();
      expect(tapes).toEqual([
        {
          version: 1,
          request: { method: 'POST', path: '/v1/chat/completions' },
          head: { ms: 2, status: 200, headers: { 'content-type': 'text/event-stream' } },
          reads: [
            { ms: 5001, text: expect.stringContaining('"Hel"') as unknown },
            { ms: 3, text: expect.stringMatching(/"lo"[^]*DONE/) as unknown },
          ],
          end: { ms: 0 },
        },
      ]);
    });
  });

  it('passes everything through unchanged', () => {
    const error = new ConnectionError('cut', 'body', 'ECONNRESET');
    const seen: unknown[] = [];
    recordTransport(
      () =>
        concat(
          of(head200, bytesOf('a')),
          throwError(() => error),
        ),
      () => undefined,
    )(request).subscribe({
      next: (part) => seen.push(part),
      error: (failed: unknown) => seen.push(failed),
    });
    expect(seen).toEqual([head200, bytesOf('a'), error]);
    expect(seen[2]).toBe(error);
  });

  it('sends nothing before a subscription, and records a tape for each request', () => {
    const tapes: Tape[] = [];
    let sent = 0;
    const live: Transport = () => {
      sent += 1;
      return of(responseHead(200 + sent));
    };
    const answer$ = recordTransport(live, (tape) => tapes.push(tape))(request);
    expect(sent).toBe(0);
    answer$.subscribe();
    answer$.subscribe();
    expect(tapes.map(({ head }) => head?.status)).toEqual([201, 202]);
  });

  it('records the last response of a transport that sends the request again', () => {
    const tapes: Tape[] = [];
    const live: Transport = () =>
      of(responseHead(401), bytesOf('expired'), responseHead(200), bytesOf('Hello'));
    recordTransport(live, (tape) => tapes.push(tape))(request).subscribe();
    expect(tapes).toMatchObject([
      { head: { status: 200 }, reads: [{ text: expect.stringContaining('Hello') as unknown }] },
    ]);
  });

  it('records an error with its fields, with and without a head', () => {
    const cut = new ConnectionError('it broke', 'body', 'ECONNRESET');
    const tape = tapeOfAnswer(
      concat(
        of(head200, bytesOf('a')),
        throwError(() => cut),
      ),
    );
    expect(tape.end).toEqual({ ms: 0, error: { ...cut.toJSON() } });
    const refused = tapeOfAnswer(throwError(() => new ConnectionError('refused', 'connect', 'ECONNREFUSED')));
    expect(refused).toMatchObject({
      head: null,
      reads: [],
      end: { error: { phase: 'connect', code: 'ECONNREFUSED' } },
    });
  });

  it('records the message of any other error, also of a transport that throws', () => {
    expect(tapeOfAnswer(throwError(() => new RangeError('odd'))).end).toEqual({
      ms: 0,
      error: { message: 'odd' },
    });
    const tapes: Tape[] = [];
    const throwing = (): never => {
      throw new RangeError('at once');
    };
    recordTransport(throwing, (tape) => tapes.push(tape), { scheduler: new VirtualTimeScheduler() })(
      request,
    ).subscribe({ error: () => undefined });
    expect(tapes[0]?.end).toEqual({ ms: 0, error: { message: 'at once' } });
  });

  it('has no end when the request is aborted', () => {
    const tape = tapeOfAnswer(concat(of(head200, bytesOf('a')), NEVER));
    expect(tape).toMatchObject({ head: { status: 200 }, end: null });
    expect(tape.reads).toHaveLength(1);
    expect(tapeOfAnswer(NEVER)).toMatchObject({ head: null, reads: [], end: null });
  });

  it('includes the read that led to the abort', () => {
    const tapes: Tape[] = [];
    const transport = recordTransport(
      () => of(head200, bytesOf('a'), bytesOf('b')),
      (tape) => tapes.push(tape),
    );
    transport(request).pipe(take(2)).subscribe();
    expect(tapes[0]?.reads).toHaveLength(1);
  });

  it('ends with the body, a moment after the stream completes', () => {
    marbles(({ cold, flush }) => {
      const tapes: Tape[] = [];
      let completed = 0;
      const live = marbleTransport(cold, 'h-(ad)---|', { a: 'Hello', d: [finishChunk('stop'), doneFrame()] });
      chatCompletion$(
        { transport: recordTransport(live, (tape) => tapes.push(tape)) },
        { model: 'any', messages: [] },
      )
        .pipe(accumulateContent())
        .subscribe({ complete: () => (completed = tapes.length + 1) });
      flush();
      expect(completed).toBe(1);
      expect(tapes).toHaveLength(1);
      expect(tapes[0]?.end).toEqual({ ms: 7 });
    });
  });

  it.each([
    ['an array', rawBytesOf('first')],
    ['a buffer of Node, whose slice does not copy', Buffer.from('first')],
  ])('copies each read, as its memory may be reused: %s', (_, memory) => {
    const answer$ = concat(of(head200, memory), NEVER);
    const tapes: Tape[] = [];
    const subscription = recordTransport(
      () => answer$,
      (tape) => tapes.push(tape),
    )(request).subscribe();
    memory.fill(0x2e);
    subscription.unsubscribe();
    expect(tapes[0]?.reads).toMatchObject([{ text: 'first' }]);
    expect([...memory]).toEqual([...rawBytesOf('.....')]);
  });

  it('has no negative times when the clock runs backwards', () => {
    const recorded = (steps: readonly number[]) => {
      let now = 1_000;
      const left = [...steps];
      const clock = { now: () => (now += left.shift() ?? 0) } as NonNullable<RecordOptions['scheduler']>;
      const tape = tapeOfAnswer(of(head200, bytesOf('a')), { scheduler: clock });
      return [tape.head?.ms, tape.reads[0]?.ms, tape.end?.ms];
    };
    // The first two are those of the clock's creation and of the request.
    expect(recorded([0, 0, -5, -5, -5])).toEqual([0, 0, 0]);
    expect(recorded([0, 0, 20, -10, 15])).toEqual([20, 0, 5]);
  });
});

describe('a tape has no secrets', () => {
  const answer = (...body: readonly Bytes[]) => of(head200, ...body);
  const text = (answer$: Observable<ResponseHead | Bytes>, options?: RecordOptions) =>
    tapeText(tapeOfAnswer(answer$, options));

  it('has no request headers, query, host or body', () => {
    const written = text(answer(bytesOf('Hello')));
    for (const secret of [
      KEY,
      'tenant-secret',
      'query-secret',
      'llm.example.com',
      'private',
      'authorization',
    ]) {
      expect(written).not.toContain(secret);
    }
  });

  it('has the body with keepBody, without keys in it', () => {
    const { body } = tapeOfAnswer(answer(), { keepBody: true }).request;
    expect(body).toEqual(JSON.parse(request.body!));
    const tapes: Tape[] = [];
    const sent = { ...request, body: JSON.stringify({ user: `key ${KEY}` }) };
    recordTransport(
      () => answer(),
      (tape) => tapes.push(tape),
      { keepBody: true },
    )(sent).subscribe();
    recordTransport(
      () => answer(),
      (tape) => tapes.push(tape),
      { keepBody: true },
    )({ ...sent, body: undefined }).subscribe();
    expect(tapes.map(({ request: { body: kept } }) => kept)).toEqual([{ user: 'key ***' }, null]);
  });

  it('has the listed response headers only', () => {
    const listed = {
      'content-type': 'text/event-stream',
      'retry-after': '2',
      'retry-after-ms': '2000',
      'x-should-retry': 'true',
      'x-request-id': 'req_1',
      'request-id': 'req_2',
      'apim-request-id': 'req_3',
      'x-ms-request-id': 'req_4',
      'cf-ray': 'ray',
    };
    const others = {
      'set-cookie': 'session=1',
      'openai-organization': 'acme',
      server: 'nginx',
      date: 'today',
    };
    expect(tapeOfAnswer(of(responseHead(429, { ...listed, ...others }))).head?.headers).toEqual(listed);
  });

  it('has no key that the server repeats in a body, a header or an error', () => {
    const body = rawBytesOf(
      `{"error":{"message":"bad key: ${KEY} (${KEY}) for tenant-secret and query-secret"}}`,
    );
    const written = text(of(responseHead(401, { 'x-request-id': `req-${KEY}` }), body));
    expect(written).toContain(
      String.raw`bad key: ************** (**************) for ************* and ************`,
    );
    expect(written).toContain('"x-request-id": "req-***"');
    const failed = text(throwError(() => new ConnectionError(`cannot reach x?key=${KEY}`, 'connect')));
    expect(failed).toContain('cannot reach x?key=***');
  });

  it('has no key that the server repeats in an error of another class', () => {
    const failed = text(throwError(() => new Error(`connect ECONNREFUSED with ${KEY} and query-secret`)));
    expect(failed).toContain('connect ECONNREFUSED with *** and ***');
  });

  it.each(['1', 'ollama', 'lm-studio'])(
    'has the answer unchanged beside the placeholder %s in the query',
    (key) => {
      const tapes: Tape[] = [];
      const body = rawBytesOf('{"id":"1","model":"ollama/lm-studio","created":1711}');
      recordTransport(
        () => answer(body),
        (tape) => tapes.push(tape),
      )({ ...request, url: `https://llm.example.com/v1/chat/completions?api-key=${key}` }).subscribe();
      expect(tapes.flatMap(({ reads }) => reads.map((read) => read.text))).toEqual([
        '{"id":"1","model":"ollama/lm-studio","created":1711}',
      ]);
    },
  );

  it('has no key that is split between reads, and keeps the length of reads', () => {
    const body = rawBytesOf(`bad key: ${KEY}!`);
    const reads = [body.slice(0, 12), body.slice(12, 15), body.slice(15)];
    const tape = tapeOfAnswer(answer(...reads));
    expect(tape.reads.map(({ text: read }) => read)).toEqual(['bad key: ***', '***', '********!']);
    expect(tape.reads.map((read) => toBytes(read).length)).toEqual(reads.map(({ length }) => length));
  });

  it('takes linear time for a key in each read', () => {
    const fill = jest.spyOn(Uint8Array.prototype, 'fill');
    tapeOfAnswer(answer(...Array.from({ length: 100 }, () => rawBytesOf(KEY))));
    expect(fill.mock.calls.length).toBeLessThanOrEqual(100);
    fill.mockRestore();
  });

  it('has no key with JSON escapes', () => {
    const key = String.raw`a"quoted\key`;
    const tapes: Tape[] = [];
    const live: Transport = () => answer(rawBytesOf(JSON.stringify({ message: `not ${key}` })));
    recordTransport(live, (tape) => tapes.push(tape))({
      ...request,
      headers: { 'api-key': key },
    }).subscribe();
    expect(tapes[0]?.reads[0]?.text).toBe(`{"message":"not ${'*'.repeat(14)}"}`);
  });

  it('does not change the response itself', () => {
    const body = rawBytesOf(`bad key: ${KEY}!`);
    const seen: unknown[] = [];
    recordTransport(
      () => answer(body),
      () => undefined,
    )(request).subscribe((part) => seen.push(part));
    expect(seen[1]).toBe(body);
    expect(new TextDecoder().decode(body)).toContain(KEY);
  });
});
