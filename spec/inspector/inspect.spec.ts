import {
  asyncScheduler,
  concat,
  last,
  map,
  NEVER,
  of,
  range,
  Subject,
  take,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import {
  accumulateContent,
  chatCompletion$,
  chatTimeout,
  completion$,
  retryChat,
  type ChatConfig,
  type ChatHooks,
  type ChatRequest,
  type PlannedRetry,
  type Transport,
} from 'rxjs-chat-completions';
import { CallLog, inspect, summaryOf, type Lane } from 'rxjs-chat-completions/inspector';
import {
  bytesOf,
  doneFrame,
  errorFrame,
  head200,
  replayTransport,
  scriptedTransport,
  type Script,
} from 'rxjs-chat-completions/testing';

import { tapeOfLane } from '../../lib/inspector/log/tapeOfLane';
import { ConfigOfClass } from '../helpers/ConfigOfClass';
import { marbles } from '../helpers/marbles';

const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] };

/** Runs a script in virtual time, and returns the lanes of its log. */
function record(
  script: Script,
  use: (config: ChatConfig, log: CallLog) => void,
  options: { readonly delayMs?: number } = {},
): readonly Lane[] {
  let lanes: readonly Lane[] = [];
  marbles(({ flush }) => {
    const log = new CallLog({ clock: asyncScheduler });
    use(inspect({ transport: scriptedTransport(script, { delayMs: 5, ...options }) }, log), log);
    flush();
    lanes = log.lanes;
  });
  return lanes;
}

const ignore = { error: () => undefined };
const ask = (config: ChatConfig): void => void chatCompletion$(config, request).subscribe(ignore);
const kinds = (lane: Lane | undefined): readonly string[] => lane?.marbles.map(({ kind }) => kind) ?? [];
const titles = (lane: Lane | undefined): readonly string[] => lane?.marbles.map(({ title }) => title) ?? [];

describe('inspect', () => {
  it('keeps the fields that a config has from its class', () => {
    const config = new ConfigOfClass();
    const { apiKey, baseURL } = inspect(config, new CallLog());
    expect([apiKey, baseURL]).toEqual([config.apiKey, config.baseURL]);
  });

  it('records the request, the head, each chunk with its event, and the completion', () => {
    const [lane] = record('Hel lo', ask);
    expect(kinds(lane)).toEqual(['request', 'head', 'text', 'text', 'finish', 'other', 'complete']);
    expect(titles(lane)).toEqual([
      'POST http://localhost:11434/v1/chat/completions',
      'HTTP 200',
      '"Hel"',
      '" lo"',
      'stop',
      'usage',
      'complete',
    ]);
    expect(lane?.marbles[2]?.raw).toMatch(/^data: \{.*"content":"Hel"/);
    expect(lane?.marbles[2]?.value).toMatchObject({ choices: [{ delta: { content: 'Hel' } }] });
    expect(lane?.marbles.at(-1)?.raw).toBe('data: [DONE]');
  });

  it('records no secret that the server repeats', () => {
    const key = 'sk-abcdefgh12345678';
    const ignoreAll = { next: () => undefined, error: () => undefined };
    const frames = ['data: no KEY\n\n', 'data: {"error":{"message":"no KEY"}}\n\n'].map((frame) =>
      new TextEncoder().encode(frame.replace('KEY', key)),
    );
    const head = { status: 200, headers: { 'content-type': 'text/event-stream', 'x-echo': key } };
    const log = new CallLog();
    const config = { baseURL: `http://llm.example.com/v1?key=${key}`, transport: () => of(head, ...frames) };
    chatCompletion$(inspect(config, log), { ...request, extra: { api_key: key } }).subscribe(ignoreAll);
    expect(kinds(log.lanes[0])).toEqual(['request', 'head', 'left', 'error']);
    expect(JSON.stringify(log.lanes[0]?.marbles)).not.toContain(key);
  });

  it('emits what the call without it emits', () => {
    marbles(({ expectObservable }) => {
      const config: ChatConfig = { transport: scriptedTransport('Hel lo', { delayMs: 5 }) };
      const text$ = (given: ChatConfig) => chatCompletion$(given, request).pipe(accumulateContent());
      expectObservable(text$(inspect(config, new CallLog()))).toEqual(text$(config));
    });
  });

  it('records a chunk that could not be read as a Left, with its event', () => {
    const [lane] = record({ parts: ['a', { bad: 'json' }, 'b'] }, ask);
    expect(kinds(lane)).toContain('left');
    const left = lane?.marbles.find(({ kind }) => kind === 'left');
    expect(left).toMatchObject({ title: 'BadJson', value: { _tag: 'BadJson' } });
    expect(left?.raw).toContain('"cont');
    expect(lane?.lefts).toBe(1);
  });

  it('shows a retry as an attempt of the same call, in a lane of its own', () => {
    const failure = { status: 429, message: 'Slow down', headers: { 'retry-after': '3' } };
    const lanes = record([failure, failure, 'ok'], (config, log) => {
      chatCompletion$(config, request)
        .pipe(retryChat({ onRetry: log.onRetry }))
        .subscribe(ignore);
    });
    expect(lanes.map(({ call, attempt, label }) => [call, attempt, label])).toEqual([
      [1, 1, 'Call 1'],
      [1, 2, 'Attempt 2'],
      [1, 3, 'Attempt 3'],
    ]);
    expect(kinds(lanes[0])).toEqual(['request', 'head', 'error', 'retry']);
    expect(titles(lanes[0])[3]).toBe('retry 1 of 2 in 3.0 s');
    expect(lanes[0]?.marbles[2]?.raw).toContain('Slow down');
    expect((lanes[1]?.startedAt ?? 0) - (lanes[0]?.endedAt ?? 0)).toBe(3_000);
    expect(summaryOf(lanes)).toMatchObject({ retries: 2, chunks: 3, firstTokenMs: 6_005 });
  });

  it('shows the last response of a transport that sends the request again, once', () => {
    const log = new CallLog();
    const transport: Transport = () =>
      of({ ...head200, status: 401 }, bytesOf('old'), head200, bytesOf('Hel', doneFrame()));
    ask(inspect({ transport }, log));
    expect(titles(log.lanes[0]).slice(1)).toEqual(['HTTP 401', 'HTTP 200', '"Hel"', 'complete']);
  });

  it('starts another call for a request that repeats one that completed', () => {
    const lanes = record('ok', (config) => {
      ask(config);
      timer(1_000).subscribe(() => ask(config));
    });
    expect(lanes.map(({ call, attempt }) => [call, attempt])).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it.each([
    ['a cut connection', { parts: ['Hel', { cut: 'socket' }] }, 'ConnectionError'],
    ['a truncated body', { parts: ['Hel', { cut: 'body' }] }, 'TruncatedError'],
    [
      'an error frame',
      { parts: ['Hel', { frames: errorFrame('out of memory', { code: 500 }) }] },
      'ServerError',
    ],
    ['a server that cannot be reached', { unreachable: 'ECONNREFUSED' }, 'ConnectionError'],
  ] as const)('ends a lane with the error of the call after %s', (_, reply, name) => {
    const [lane] = record(reply, ask);
    expect(lane?.marbles.at(-1)).toMatchObject({ kind: 'error', title: name });
  });

  it('ends a lane with the error that a transport throws', () => {
    const log = new CallLog();
    const transport = () => {
      throw new TypeError('no socket');
    };
    chatCompletion$(inspect({ transport }, log), request).subscribe(ignore);
    expect(log.lanes[0]?.marbles.at(-1)).toMatchObject({ kind: 'error', title: 'ConnectionError' });
  });

  it('creates the hooks of each call, if the config has a function for them', () => {
    const seen: string[] = [];
    record('ok', (config, log) => {
      const hooks = ({ operation }: { readonly operation: string }) => ({
        onComplete: () => seen.push(operation),
      });
      ask(inspect({ transport: config.transport, hooks }, log));
    });
    expect(seen).toEqual(['chat']);
  });

  it('ends a lane with the timeout that aborted it', () => {
    const [lane] = record({ parts: ['Hel', { stall: Infinity }] }, (config) => {
      chatCompletion$({ ...config, timeouts: { idle: 100 } }, request).subscribe(ignore);
    });
    expect(lane?.marbles.at(-1)).toMatchObject({ kind: 'error', title: 'ChatTimeoutError', at: 105 });
  });

  it('ends a lane as stopped when an operator below the call unsubscribes', async () => {
    const lanes = record({ parts: ['Hel', { stall: Infinity }] }, (config) => {
      const call$ = chatCompletion$(config, request);
      call$.pipe(chatTimeout({ first: 50, idle: 50 })).subscribe(ignore);
      call$.pipe(takeUntil(timer(20))).subscribe(ignore);
    });
    await Promise.resolve();
    expect(lanes.map((lane) => lane.marbles.at(-1)?.kind)).toEqual(['stop', 'stop']);
    expect(lanes.map(({ endedAt }) => endedAt)).toEqual([55, 20]);
  });

  it('keeps the ends of concurrent calls apart', async () => {
    const replies = [{ parts: ['one', { stall: 30 }, ' two'] }, { parts: ['x', { cut: 'body' as const }] }];
    const lanes = record(replies, (config) => {
      ask(config);
      ask(config);
    });
    await Promise.resolve();
    expect(lanes.map((lane) => lane.marbles.at(-1)?.kind)).toEqual(['complete', 'error']);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a function that returns null', () => null],
    ['an object with a hook that is null', { onHead: null, onComplete: null }],
  ])('completes a call whose hooks in JavaScript are %s', (_, hooks) => {
    const [lane] = record('ok', ({ transport }, log) =>
      ask(inspect({ transport, hooks: hooks as ChatHooks }, log)),
    );
    expect(lane?.marbles.at(-1)?.kind).toBe('complete');
  });

  it('calls the hooks of the config', () => {
    const seen: string[] = [];
    class Hooks {
      readonly #seen = seen;
      onRequest = () => this.#seen.push('request');
      onHead() {
        this.#seen.push('head');
      }
      onComplete() {
        this.#seen.push('complete');
      }
    }
    record('ok', (config, log) => {
      chatCompletion$(inspect({ transport: config.transport, hooks: new Hooks() }, log), request).subscribe();
    });
    expect(seen).toEqual(['request', 'head', 'complete']);
  });

  it('records a response that is not streamed by its body', () => {
    const [lane] = record('Hello', (config) => void completion$(config, request).subscribe());
    expect(kinds(lane)).toEqual(['request', 'head', 'other', 'complete']);
    expect(lane?.marbles[2]?.value).toMatchObject({ choices: [{ message: { content: 'Hello' } }] });
  });

  it('aborts the request in the same tick', () => {
    const closed$ = new Subject<void>();
    const transport = () => NEVER.pipe(takeUntil(closed$));
    const log = new CallLog();
    chatCompletion$(inspect({ transport }, log), request).subscribe(ignore).unsubscribe();
    expect(closed$.observed).toBe(false);
  });

  it('stops a transport that emits without end while it is being subscribed to', () => {
    const log = new CallLog();
    const read = bytesOf('Hel');
    let reads = 0;
    const transport: Transport = () =>
      concat(
        of(head200),
        range(1, 1_000_000).pipe(
          tap(() => (reads += 1)),
          map(() => read),
        ),
      );
    chatCompletion$(inspect({ transport }, log), request).pipe(take(3)).subscribe();
    expect(reads).toBeLessThan(6);
    expect(log.lanes[0]?.bytes).toBe(3 * read.length);
  });

  it('exports an attempt as a tape that replays the answer', () => {
    const [lane] = record({ parts: ['caf', { cutCharacter: 'é' }, { stall: 40 }, '!'] }, ask);
    const tape = tapeOfLane(lane!);
    expect(tape).toMatchObject({
      version: 1,
      request: { path: '/v1/chat/completions' },
      head: { status: 200 },
    });
    expect(JSON.stringify(tape)).not.toContain('Hi');
    marbles(({ expectObservable }) => {
      const transport = replayTransport(tape!);
      expectObservable(chatCompletion$({ transport }, request).pipe(accumulateContent(), last())).toBe(
        `${lane?.endedAt ?? 0}ms (a|)`,
        { a: 'café!' },
      );
    });
  });

  it('leaves the key out of lanes and tapes, where the server repeats it', () => {
    const apiKey = 'sk-1234567890abcdef';
    const message = `Incorrect API key provided: ${apiKey}`;
    const reply = { status: 401, message, headers: { 'x-echo': apiKey } };
    const [lane] = record(reply, (config) => {
      chatCompletion$({ ...config, apiKey }, request).subscribe(ignore);
    });
    expect(JSON.stringify([lane, tapeOfLane(lane!)])).not.toContain(apiKey);
  });

  it('passes a planned retry on to nothing if no attempt has failed', () => {
    const log = new CallLog();
    expect(() => log.onRetry({} as PlannedRetry)).not.toThrow();
    expect(log.lanes).toEqual([]);
  });
});
