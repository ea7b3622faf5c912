import { right } from 'fp-ts/Either';
import { concat, concatMap, from, lastValueFrom, map, mergeMap, of, range, timer, toArray } from 'rxjs';
import {
  accumulateContent,
  chatCompletion$,
  ConnectionError,
  fetchTransport,
  type Transport,
} from 'rxjs-chat-completions';

import { relay, resumeFrom, type RelayHandler, type StreamLog } from 'rxjs-chat-completions/relay';
import { redisLog, type RedisLogOptions } from 'rxjs-chat-completions/relay/redis';
import { resumable, resume$ } from 'rxjs-chat-completions/resume';
import { finishChunk, textChunk } from 'rxjs-chat-completions/testing';

import { describeRedis, startRedis, type RedisServer } from '../../helpers/redisServer';
import { until } from '../../helpers/until';
import { question, through } from '../relayOf';
import { BodyReader, deleteOf, endAnswers, eventsIn, getFrom, postWith, resumableRelay } from './answers';

describeRedis('a relay with a log in Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.close());
  afterEach(endAnswers);

  /** The log of one more process. */
  async function connect(options?: RedisLogOptions, to = server): Promise<StreamLog> {
    const [client, reader] = await Promise.all([to.connect(), to.connect()]);
    return redisLog(
      { sendCommand: (args) => client.sendCommand(args) },
      { sendCommand: (args) => reader.sendCommand(args) },
      options,
    );
  }

  it('has one writer for two processes that start the same answer at the same time', async () => {
    const [one, two] = [resumableRelay(await connect()), resumableRelay(await connect())];
    const pending = [one.handler(postWith('both')), two.handler(postWith('both'))];
    await until(() => one.calls.length + two.calls.length === 1);
    const [call] = [...one.calls, ...two.calls];
    call!.write('a');
    const readers = (await Promise.all(pending)).map((response) => new BodyReader(response));
    call!.write('b');
    call!.finish();
    await until(() => readers.every(({ isOver }) => isOver));
    expect(readers[0]!.events).toEqual({ text: 'ab', ids: '1 2 3 4', last: '[DONE]' });
    expect(readers[1]!.body).toBe(readers[0]!.body);
    expect(one.calls.length + two.calls.length).toBe(1);
  });

  it('ends all readers as stopped at a DELETE to another process', async () => {
    const [one, two] = [resumableRelay(await connect()), resumableRelay(await connect())];
    const pending = one.handler(postWith('stop'));
    await until(() => one.calls.length === 1);
    one.calls[0]!.write('a');
    const readers = [new BodyReader(await pending), new BodyReader(await two.handler(getFrom('stop')))];
    expect((await two.handler(deleteOf('stop'))).status).toBe(204);
    await until(() => readers.every(({ isOver }) => isOver));
    expect(one.calls[0]!.isRunning).toBe(false);
    for (const { body } of readers) {
      expect(body).toContain('"finish_reason":"stop"}],"stopped":true}');
      expect(eventsIn(body)).toMatchObject({ text: 'a', last: '[DONE]' });
    }
  });

  it('reads the same bytes in 1,000 runs that are cut at random and joined again', async () => {
    const handlers = await Promise.all(
      [0, 1].map(async () =>
        relay({
          answer: ({ request }) => answerOf(JSON.stringify(request.messages[0]?.content)),
          authorize: () => 'anna',
          allow: { models: ['small'] },
          limits: { streamsPerUser: 1_000 },
          resume: resumeFrom(await connect(), { batchMs: 3 }),
        }),
      ),
    );
    let cuts = 0;
    const run = async (n: number): Promise<string> => {
      const key = `run ${n}`;
      const transport = resumable(
        cutting(handlers, () => (cuts += 1)),
        { policy: () => 1, count: 1_000 },
      );
      const config = { baseURL: 'http://relay/api', transport, headers: { 'idempotency-key': key } };
      const request = { ...question, messages: [{ role: 'user', content: key }] } as const;
      const received = await lastValueFrom(chatCompletion$(config, request).pipe(accumulateContent()));
      const replayed = await lastValueFrom(resume$(through(handlers[n % 2]!), key).pipe(accumulateContent()));
      return received === replayed && received === textOf(JSON.stringify(key))
        ? 'same'
        : `${key}: ${received}`;
    };
    const results = await lastValueFrom(range(1_000).pipe(mergeMap(run, 25), toArray()));
    expect(results.filter((result) => result !== 'same')).toEqual([]);
    expect(cuts).toBeGreaterThan(1_000);
  }, 240_000);

  describe('that is killed', () => {
    let other: RedisServer;
    beforeEach(async () => {
      other = await startRedis();
    });
    afterEach(() => other.close());
    const impatient = { commandMs: 1_000, leaseMs: 2_000 };

    it('answers a POST without the log, or refuses it', async () => {
      const log = await connect(impatient, other);
      await other.kill();
      const optional = resumableRelay(log);
      const pending = optional.handler(postWith('away'));
      await until(() => optional.calls.length === 1);
      optional.calls[0]!.write('a');
      optional.calls[0]!.finish();
      const response = await pending;
      expect(response.headers.get('x-stream-id')).toBeNull();
      expect(eventsIn(await response.text())).toMatchObject({ text: 'a', ids: '' });
      const required = resumableRelay(log, { mode: 'required' });
      expect((await required.handler(postWith('away'))).status).toBe(503);
      expect((await required.handler(getFrom('away'))).status).toBe(503);
      expect(required.calls).toEqual([]);
    });

    it('continues for the first reader, and reports the loss to the others', async () => {
      const { handler, calls, logErrors } = resumableRelay(await connect(impatient, other));
      const pending = handler(postWith('middle'));
      await until(() => calls.length === 1);
      calls[0]!.write('a');
      const first = new BodyReader(await pending);
      const second = new BodyReader(await handler(getFrom('middle')));
      await until(() => second.events.text === 'a');
      await other.kill();
      calls[0]!.write('b');
      await until(() => second.isOver);
      expect(second.events.last).toContain('"code":"orphaned"');
      await until(() => logErrors.length > 0);
      calls[0]!.write('c');
      calls[0]!.finish();
      await until(() => first.isOver);
      expect(first.events).toMatchObject({ text: 'abc', last: '[DONE]' });
    });
  });
});

/** A text that depends on a seed, and its chunks with pauses between some of them. */
const partsOf = (seed: string): readonly string[] =>
  Array.from(
    { length: 5 + (hash(seed) % 30) },
    (_, i) => `${seed} ${'é😀x'.repeat(hash(`${seed}${i}`) % 9)};`,
  );
const textOf = (seed: string): string => partsOf(seed).join('');
const answerOf = (seed: string) =>
  concat(
    from(partsOf(seed)).pipe(
      concatMap((text, i) => (i % 7 === 0 ? timer(i % 5).pipe(map(() => text)) : of(text))),
      map(textChunk),
    ),
    of(finishChunk('stop')),
  ).pipe(map((chunk) => right(chunk)));

/** A number for a text (FNV-1a). */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return value;
};

/** A network that breaks after a random number of bytes, and leads to any process. */
const cutting =
  (handlers: readonly RelayHandler[], onCut: () => void): Transport =>
  (request) => {
    const handler = handlers[Math.floor(Math.random() * handlers.length)]!;
    let left = Math.random() < 0.1 ? Infinity : Math.floor(Math.random() * 1_500);
    const { fetch } = through(handler);
    return fetchTransport({ fetch })(request).pipe(
      concatMap((part) => {
        if (!(part instanceof Uint8Array) || request.method === 'DELETE') return of(part);
        left -= part.byteLength;
        if (left > 0) return of(part);
        onCut();
        const kept = part.subarray(0, Math.max(0, part.byteLength + left));
        return concat(
          of(kept),
          timer(0).pipe(
            map((): never => {
              throw new ConnectionError('cut', 'body');
            }),
          ),
        );
      }),
    );
  };
