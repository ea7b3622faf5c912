import { isRight } from 'fp-ts/Either';
import { filter, map, of, throwError, type Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import {
  bytesOf,
  textChunk,
  commentFrame,
  doneFrame,
  finishChunk,
  head200,
  responseHead,
  rawFrame,
  reasoningChunk,
  toolCallChunk,
  toolCallChunks,
} from 'rxjs-chat-completions/testing';

import type { Bytes, ResponseHead, Transport, TransportRequest } from '../../lib/transport/transport';
import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import type { ChatConfig } from '../../lib/call/config';
import {
  ConnectionError,
  type HttpError,
  ProtocolError,
  ChatTimeoutError,
  TruncatedError,
} from '../../lib/errors';
import { accumulateCompletion } from '../../lib/operators/accumulate/accumulateCompletion';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import { accumulateReasoning } from '../../lib/operators/accumulate/accumulateReasoning';
import { accumulateToolCalls } from '../../lib/operators/accumulate/accumulateToolCalls';
import { contentDeltas } from '../../lib/operators/accumulate/contentDeltas';
import { continueOnTruncation } from '../../lib/operators/resilience/continueOnTruncation';
import { fallbackTo } from '../../lib/operators/resilience/fallbackTo';
import { hedge$ } from '../../lib/operators/resilience/hedge';
import { retryChat, type PlannedRetry } from '../../lib/operators/resilience/retryChat';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import { toChatState } from '../../lib/state/toChatState';
import { fault, question, tellChunk } from '../helpers/faults';
import { httpError } from '../helpers/httpError';
import { marbles } from '../helpers/marbles';

type Answer = ResponseHead | Bytes;

/** The reads of the network, by its letter in a marble. */
const wire = {
  h: head200,
  a: bytesOf('Hel'),
  b: bytesOf('lo'),
  c: bytesOf(commentFrame('busy')),
  e: bytesOf(textChunk('')),
  p: bytesOf(rawFrame('data: {"choi')),
  f: bytesOf(finishChunk('stop')),
  d: bytesOf(finishChunk('stop'), doneFrame()),
  x: new Uint8Array(70_000),
};
/** The outcome. */
const said = { a: 'Hel', b: 'lo' };

const texts = (config: ChatConfig): Observable<string> =>
  chatCompletion$(config, question).pipe(contentDeltas());
const over =
  (...answers: ReadonlyArray<Observable<Answer>>): Transport =>
  () => {
    const answer$ = answers[Math.min(turns, answers.length - 1)];
    turns += 1;
    return answer$ ?? throwError(() => new Error('nothing is scripted'));
  };
/** The number of requests sent by the transports above. */
let turns = 0;
beforeEach(() => {
  turns = 0;
});

const virtual = (name: string, outcome: string, run: (helpers: RunHelpers) => void): void => {
  fault({ name, outcome }, () => marbles(run));
};

const refusal = (status: number, fields: Partial<HttpError> = {}): HttpError =>
  httpError({ status, serverMessage: 'the server gave no reason', retryable: true, ...fields });

describe('Idle streams, to the millisecond', () => {
  virtual(
    '29 s after some text, where 29 s are allowed',
    'a failed state that still shows the text',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const socket$ = cold('  h-a--b 29s -          ', wire);
      const subs = '          ^      29004ms !      ';
      const expected = '      w-x--y 28999ms (z|)   ';
      const states$ = chatCompletion$(
        { transport: () => socket$, timeouts: { idle: 29_000 } },
        question,
      ).pipe(
        toChatState(),
        map(({ status, content, error }) => ({ status, content, error })),
      );
      expectObservable(states$).toBe(expected, {
        w: { status: 'waiting', content: '', error: null },
        x: { status: 'streaming', content: 'Hel', error: null },
        y: { status: 'streaming', content: 'Hello', error: null },
        z: { status: 'failed', content: 'Hello', error: new ChatTimeoutError('idle', 29_000) },
      });
      expectSubscriptions(socket$.subscriptions).toBe(subs);
    },
  );
  virtual('29 s after some text, where 30 s are allowed', 'complete', ({ cold, expectObservable }) => {
    const socket$ = cold('h-a 29s b-(d|)', wire);
    const expected = '    --a 29s b-|   ';
    expectObservable(texts({ transport: () => socket$, timeouts: { idle: 30_000 } })).toBe(expected, said);
  });

  const silences: ReadonlyArray<
    readonly [string, string, string, string, ChatConfig['timeouts'], ChatTimeoutError]
  > = [
    [
      'before the head, by default',
      'ChatTimeoutError (head) after 5 minutes',
      '-',
      '300s #',
      undefined,
      new ChatTimeoutError('head', 300_000),
    ],
    [
      'after the head, by default',
      'ChatTimeoutError (first) after 5 minutes',
      'h-',
      '300s #',
      undefined,
      new ChatTimeoutError('first', 300_000),
    ],
    [
      'after a late head, by default',
      'ChatTimeoutError (first) 5 minutes after the request',
      '299s h-',
      '300s #',
      undefined,
      new ChatTimeoutError('first', 300_000),
    ],
    [
      'after some text, by default',
      'ChatTimeoutError (idle) after 2 minutes',
      'h-a-',
      '--a 119999ms #',
      undefined,
      new ChatTimeoutError('idle', 120_000),
    ],
    [
      'after a finish reason, by default',
      'complete after 2 minutes, since usage was requested',
      'h-a-f-',
      '--a- 120s |',
      undefined,
      new ChatTimeoutError('idle', 120_000),
    ],
    [
      'before the head',
      'ChatTimeoutError (head)',
      '-',
      '8ms #',
      { head: 8 },
      new ChatTimeoutError('head', 8),
    ],
    [
      'after the head',
      'ChatTimeoutError (first)',
      'h-',
      '8ms #',
      { head: 4, first: 8 },
      new ChatTimeoutError('first', 8),
    ],
    [
      'after the head, except for bytes',
      'ChatTimeoutError (first)',
      'h-c-c-c-p-p-p',
      '8ms #',
      { first: 8 },
      new ChatTimeoutError('first', 8),
    ],
    [
      'except for comments, when bytes count',
      'each restarts the wait',
      'h-a--c--c-----',
      '--a---------#',
      { idle: 4 },
      new ChatTimeoutError('idle', 4),
    ],
    [
      'except for half an event, when bytes count',
      'each restarts the wait',
      'h-a--p--p-----',
      '--a---------#',
      { idle: 4 },
      new ChatTimeoutError('idle', 4),
    ],
    [
      'except for comments, when events count',
      'they start nothing',
      'h-a--c--c-----',
      '--a---#',
      { idle: 4, activity: 'events' },
      new ChatTimeoutError('idle', 4),
    ],
    [
      'except for empty chunks, when events count',
      'each restarts the wait',
      'h-a--e--e-----',
      '--a---------#',
      { idle: 4, activity: 'events' },
      new ChatTimeoutError('idle', 4),
    ],
    [
      'except for empty chunks, when content counts',
      'they start nothing',
      'h-a--e--e-----',
      '--a---#',
      { idle: 4, activity: 'content' },
      new ChatTimeoutError('idle', 4),
    ],
    [
      'none, but it takes too long',
      'ChatTimeoutError (total)',
      'h-a-a-a-a-a-a-',
      '--a-a-a-#',
      { idle: 4, total: 8 },
      new ChatTimeoutError('total', 8),
    ],
  ];
  for (const [name, outcome, socket, expected, timeouts, error] of silences) {
    virtual(`${name} (virtual)`, outcome, ({ cold, expectObservable }) => {
      expectObservable(texts({ transport: () => cold(socket, wire), timeouts })).toBe(expected, said, error);
    });
  }

  virtual('ten hours, where any time is allowed', 'complete', ({ cold, expectObservable }) => {
    const socket$ = cold('h-a 600m b-(d|)', wire);
    const expected = '    --a 600m b-|   ';
    expectObservable(texts({ transport: () => socket$, timeouts: { idle: Infinity } })).toBe(expected, said);
  });
  virtual(
    'before the head of an answer that is not streamed',
    'ChatTimeoutError (head)',
    ({ cold, expectObservable }) => {
      const config: ChatConfig = { transport: () => cold('-'), timeouts: { head: 8, first: 2 } };
      expectObservable(completion$(config, question)).toBe(
        '8ms #',
        undefined,
        new ChatTimeoutError('head', 8),
      );
    },
  );
});

describe('After [DONE], the connection', () => {
  const drained: ReadonlyArray<readonly [string, string, string, string]> = [
    ['stays open', 'is unsubscribed after 100 ms', 'h-d-', '^ 101ms !'],
    ['ends a moment later', 'ends by itself, and can be reused', 'h-d---|', '^-----!'],
    ['sends more than 64 kB', 'is unsubscribed at once', 'h-d---x-', '^-----!'],
  ];
  for (const [name, outcome, socket, subs] of drained) {
    virtual(name, `complete at once; ${outcome}`, ({ cold, expectObservable, expectSubscriptions }) => {
      const socket$ = cold(socket, wire);
      expectObservable(texts({ transport: () => socket$ })).toBe('--|');
      expectSubscriptions(socket$.subscriptions).toBe(subs);
    });
  }
});

describe('Retries, to the millisecond', () => {
  const refused = (
    cold: RunHelpers['cold'],
    status: number,
    headers: Record<string, string> = {},
  ): Observable<Answer> => cold('-(h|)', { h: responseHead(status, headers) });
  const answered = (cold: RunHelpers['cold']): Observable<Answer> => cold('-(had|)', wire);
  /** The same numbers each time: a seed, and the next by a linear congruence. */
  const seeded = (seed: number) => (): number => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return seed / 2 ** 32;
  };

  virtual(
    'three failed attempts: retry-after, nothing, retry-after-ms',
    'each wait as requested, and never less than the backoff',
    ({ cold, expectObservable, flush }) => {
      const draw = seeded(1)();
      expect(draw).toBeCloseTo(0.2363, 3);
      const drawn = Math.floor(draw * 1_000);
      const planned: PlannedRetry[] = [];
      const transport = over(
        refused(cold, 429, { 'retry-after': '2' }),
        refused(cold, 503),
        refused(cold, 500, { 'retry-after-ms': '950' }),
        answered(cold),
      );
      const result$ = chatCompletion$({ transport }, question).pipe(
        // Virtual time knows whole milliseconds only.
        retryChat({ count: 3, random: () => drawn / 1_000, onRetry: (plan) => planned.push(plan) }),
        contentDeltas(),
      );
      // A frame for each refusal, then its wait, then a frame for the answer.
      expectObservable(result$).toBe(`1ms 2s 1ms ${drawn}ms 1ms 950ms - (a|)`, said);
      flush();
      expect(
        planned.map(({ error, retry, count, delayMs }) => [
          (error as HttpError).status,
          `${retry}/${count}`,
          delayMs,
        ]),
      ).toEqual([
        [429, '1/3', 2_000],
        [503, '2/3', drawn],
        [500, '3/3', 950],
      ]);
    },
  );
  virtual('a retry-after that is a date', 'the wait until then', ({ cold, expectObservable }) => {
    // Virtual time begins where dates do.
    const transport = over(
      refused(cold, 503, { 'retry-after': 'Thu, 01 Jan 1970 00:00:08 GMT' }),
      answered(cold),
    );
    expectObservable(chatCompletion$({ transport }, question).pipe(retryChat(), contentDeltas())).toBe(
      '8s -(a|)',
      said,
    );
  });

  const atOnce: ReadonlyArray<
    readonly [string, string, number, Record<string, string>, string, Partial<HttpError>]
  > = [
    [
      'a retry-after beyond the cap',
      'the error at once, with the requested wait',
      429,
      { 'retry-after': '61' },
      '',
      { retryAfterMs: 61_000 },
    ],
    [
      'x-should-retry: false',
      'the error at once',
      503,
      { 'x-should-retry': 'false' },
      '',
      { retryable: false },
    ],
    [
      'a spent quota',
      'the error at once',
      429,
      {},
      '{"error":{"message":"spent","code":"insufficient_quota"}}',
      { serverMessage: 'spent', code: 'insufficient_quota', retryable: false },
    ],
    ['not acceptable', 'the error at once', 406, {}, '', { retryable: false }],
  ];
  for (const [name, outcome, status, headers, body, fields] of atOnce) {
    virtual(name, outcome, ({ cold, expectObservable, flush }) => {
      const answer$ = cold('-(hb|)', { h: responseHead(status, headers), b: new TextEncoder().encode(body) });
      const result$ = chatCompletion$({ transport: over(answer$) }, question).pipe(
        retryChat(),
        contentDeltas(),
      );
      expectObservable(result$).toBe('-#', undefined, refusal(status, { body, ...fields }));
      flush();
      expect(turns).toBe(1);
    });
  }
  virtual('x-should-retry: true with a 400', 'retried', ({ cold, expectObservable }) => {
    const transport = over(refused(cold, 400, { 'x-should-retry': 'true' }), answered(cold));
    const result$ = chatCompletion$({ transport }, question).pipe(
      retryChat({ random: () => 0 }),
      contentDeltas(),
    );
    expectObservable(result$).toBe('--(a|)', said);
  });
  virtual('all attempts fail', 'the last error', ({ cold, expectObservable, flush }) => {
    const result$ = chatCompletion$(
      { transport: over(refused(cold, 500), refused(cold, 500), refused(cold, 502)) },
      question,
    ).pipe(retryChat({ random: () => 0.5 }), contentDeltas());
    // Half of 500 ms, then half of a second.
    expectObservable(result$).toBe('1ms 250ms 1ms 500ms -#', undefined, refusal(502));
    flush();
    expect(turns).toBe(3);
  });
  virtual(
    'the key is slow, on each attempt',
    'read again',
    ({ cold, expectObservable, expectSubscriptions, flush }) => {
      const key$ = cold('--k-', { k: 'key' });
      const sent: TransportRequest[] = [];
      const answers = [refused(cold, 503, { 'retry-after-ms': '5' }), answered(cold)];
      const transport: Transport = (request) => {
        sent.push(request);
        return answers[sent.length - 1] ?? throwError(() => new Error('nothing is scripted'));
      };
      const result$ = chatCompletion$({ transport, apiKey: () => key$ }, question).pipe(
        retryChat({ random: () => 0 }),
        contentDeltas(),
      );
      expectObservable(result$).toBe('2ms 1ms 5ms 2ms -(a|)', said);
      expectSubscriptions(key$.subscriptions).toBe(['^-!', '8ms ^-!']);
      flush();
      expect(sent.map(({ headers }) => headers.authorization)).toEqual(['Bearer key', 'Bearer key']);
    },
  );
  virtual('unsubscribed in the wait', 'no more requests', ({ cold, expectObservable, flush }) => {
    const result$ = chatCompletion$(
      { transport: over(refused(cold, 429, { 'retry-after': '30' })) },
      question,
    ).pipe(retryChat());
    expectObservable(result$, '10s !').toBe('-');
    flush();
    expect(turns).toBe(1);
  });
  virtual('the answer breaks off', 'no retry after text', ({ cold, expectObservable }) => {
    const broken$ = cold('ha-|', wire);
    const result$ = chatCompletion$({ transport: over(broken$, answered(cold)) }, question).pipe(
      retryChat(),
      contentDeltas(),
    );
    expectObservable(result$).toBe('-a-#', said, new TruncatedError());
  });

  const folds: ReadonlyArray<readonly [string, (config: ChatConfig) => Observable<unknown>, unknown]> = [
    ['accumulateContent', (config) => restarted(config).pipe(accumulateContent()), 'new'],
    ['accumulateReasoning', (config) => restarted(config).pipe(accumulateReasoning()), 'thought'],
    [
      'accumulateToolCalls',
      (config) =>
        restarted(config).pipe(
          accumulateToolCalls(),
          map((calls) => calls.map(({ name }) => name).join()),
        ),
      'new',
    ],
    [
      'accumulateCompletion',
      (config) =>
        restarted(config).pipe(
          accumulateCompletion(),
          map(({ choices }) => choices[0]?.message?.content ?? ''),
        ),
      'new',
    ],
    [
      'toChatState',
      (config) =>
        restarted(config).pipe(
          toChatState(),
          map(
            ({ status, content, reasoning, toolCalls }) =>
              `${status} ${content} ${reasoning} ${toolCalls.length}`,
          ),
        ),
      'done new thought 1',
    ],
  ];
  const restarted = (config: ChatConfig): ReturnType<typeof chatCompletion$> =>
    chatCompletion$(config, question).pipe(retryChat({ restart: true, random: () => 0 }));
  for (const [name, fold, last] of folds) {
    virtual(
      `the answer breaks off and is restarted, under ${name}`,
      'only the new answer',
      ({ cold, flush }) => {
        const answer = (word: string): Bytes =>
          bytesOf(
            reasoningChunk(`${word === 'new' ? '' : 'old '}thought`),
            textChunk(word),
            toolCallChunk({ name: word, arguments: {} }),
          );
        const transport = over(
          cold('ha|', { h: head200, a: answer('old') }),
          cold('had|', { h: head200, a: answer('new'), d: bytesOf(finishChunk('tool_calls'), doneFrame()) }),
        );
        const seen: unknown[] = [];
        fold({ transport }).subscribe((value) => seen.push(value));
        flush();
        expect(seen.at(-1)).toEqual(last);
      },
    );
  }
});

describe('A transport of your own that', () => {
  const own = new TypeError('socket hang up');
  const rows: ReadonlyArray<readonly [string, string, string, string, Error]> = [
    [
      'fails in its own way before the head',
      'ConnectionError (connect)',
      '-#',
      '-#',
      new ConnectionError('the transport failed: socket hang up', 'connect'),
    ],
    [
      'fails in its own way after some text',
      'the text, ConnectionError (body)',
      'ha-#',
      '-a-#',
      new ConnectionError('the transport failed: socket hang up', 'body'),
    ],
    [
      'ends without a head',
      'ProtocolError',
      '--|',
      '--#',
      new ProtocolError('the transport completed without a head: emit a head, then Uint8Arrays'),
    ],
    [
      'emits bytes before the head',
      'ProtocolError',
      '-a',
      '-#',
      new ProtocolError('the transport emitted bytes first: emit a head, then Uint8Arrays'),
    ],
    ['emits a second head before text', 'the first response is void', 'hha(d|)', '--a|', own],
    [
      'emits a second head after text',
      'ConnectionError (body)',
      'hah(d|)',
      '-a#',
      new ConnectionError(
        'the connection broke in the middle of the answer: the transport sent the request again, leave retries to retryChat',
        'body',
      ),
    ],
    ['emits a second head after a complete answer', 'it is ignored', 'ha(dh)a', '-a|', own],
  ];
  for (const [name, outcome, socket, expected, error] of rows) {
    virtual(name, outcome, ({ cold, expectObservable }) => {
      expectObservable(texts({ transport: () => cold(socket, wire, own) })).toBe(expected, said, error);
    });
  }
  virtual('throws', 'ConnectionError (connect)', ({ expectObservable }) => {
    const transport: Transport = () => {
      throw own;
    };
    const error = new ConnectionError('the transport failed: socket hang up', 'connect');
    expectObservable(texts({ transport })).toBe('#', undefined, error);
  });
});

describe('Hedges and fallbacks, to the millisecond', () => {
  const call = (socket$: Observable<Answer>): Observable<string> => texts({ transport: () => socket$ });
  const lost = new ConnectionError('gone', 'connect');

  virtual(
    'a slow first',
    'the second wins, the first is unsubscribed',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const slow$ = cold('  h 10s a', wire);
      const quick$ = cold('      h-a-(d|)', wire);
      const slowSubs = '    ^ 4ms -!';
      const quickSubs = '   ---- ^---!';
      const expected = '    ----  --a-|';
      expectObservable(hedge$([call(slow$), call(quick$)], { after: 4 })).toBe(expected, said);
      expectSubscriptions(slow$.subscriptions).toBe(slowSubs);
      expectSubscriptions(quick$.subscriptions).toBe(quickSubs);
    },
  );
  virtual(
    'a failing first',
    'the second starts at once, and wins',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const failing$ = cold('-#', wire, lost);
      const good$ = cold('    h-a-(d|)', wire);
      expectObservable(hedge$([call(failing$), call(good$)], { after: 60_000 })).toBe('---a-|', said);
      expectSubscriptions(good$.subscriptions).toBe('-^---!');
    },
  );
  virtual('all fail', 'the error of the last', ({ cold, expectObservable }) => {
    const candidates = [cold('-#', wire, new ConnectionError('first', 'connect')), cold('---#', wire, lost)];
    expectObservable(hedge$(candidates.map(call), { after: 60_000 })).toBe('----#', undefined, lost);
  });
  virtual(
    'unsubscribed before the second starts',
    'the first is unsubscribed, the second never requested',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const slow$ = cold('h 10s a', wire);
      const other$ = cold('h-a', wire);
      expectObservable(hedge$([call(slow$), call(other$)], { after: 4 }), '--!').toBe('---');
      expectSubscriptions(slow$.subscriptions).toBe('^-!');
      expectSubscriptions(other$.subscriptions).toBe([]);
    },
  );
  virtual(
    'a stall of 30 s, retries and a fallback',
    'the answer of the other server',
    ({ cold, expectObservable }) => {
      const config: ChatConfig = { transport: () => cold('h 40s -', wire), timeouts: { first: 30_000 } };
      const gone: ChatConfig = { transport: () => cold('-#', undefined, lost) };
      const result$ = chatCompletion$(config, question).pipe(
        fallbackTo(chatCompletion$(gone, question).pipe(retryChat({ random: () => 0.5 }))),
        fallbackTo(chatCompletion$({ transport: () => cold('-(had|)', wire) }, question)),
        contentDeltas(),
      );
      expectObservable(result$).toBe('30s 1ms 250ms 1ms 500ms 1ms -(a|)', said);
    },
  );
  virtual('the answer breaks off', 'no fallback after text', ({ cold, expectObservable }) => {
    const result$ = chatCompletion$({ transport: () => cold('ha-|', wire) }, question).pipe(
      fallbackTo(of()),
      contentDeltas(),
    );
    expectObservable(result$).toBe('-a-#', said, new TruncatedError());
  });
});

describe('Continuations, to the millisecond', () => {
  const continued = (
    answers: ReadonlyArray<Observable<Answer>>,
    asked: ChatRequest[] = [],
  ): Observable<string> =>
    continueOnTruncation()((request) => {
      asked.push(request);
      return chatCompletion$({ transport: over(...answers) }, request);
    })(question).pipe(
      filter(isRight),
      map(tellChunk),
      filter((told) => told !== ''),
    );

  virtual('the answer breaks off once', 'one text', ({ cold, expectObservable, flush }) => {
    const asked: ChatRequest[] = [];
    expectObservable(continued([cold('ha-|', wire), cold('hb-(d|)', wire)], asked)).toBe('-a--b-|', {
      a: '"Hel"',
      b: '"lo"',
    });
    flush();
    expect(asked.map(({ messages }) => messages.at(-1))).toEqual([
      question.messages[0],
      { role: 'assistant', content: 'Hel' },
    ]);
  });
  virtual(
    'the answer breaks off while a tool call is open',
    'TruncatedError',
    ({ cold, expectObservable, flush }) => {
      const pieces = toolCallChunks({ name: 'weather', arguments: '{"city":"Oslo"}' }).slice(0, 2);
      expectObservable(continued([cold('hab-|', { ...wire, b: bytesOf(...pieces) })])).toBe(
        '-a--#',
        { a: '"Hel"' },
        new TruncatedError(),
      );
      flush();
      expect(turns).toBe(1);
    },
  );
});
