import type { StreamLog } from 'rxjs-chat-completions/relay';
import { redisLog, type RedisLogOptions } from 'rxjs-chat-completions/relay/redis';

import { describeRedis, startRedis, type RedisServer } from '../../helpers/redisServer';
import { until } from '../../helpers/until';
import { BodyReader, endAnswers, eventsIn, getFrom, postWith, resumableRelay } from './answers';

/** Errors of Redis while it fails over, starts, is full, or cannot save. */
const REPLIES = [
  "READONLY You can't write against a read only replica.",
  'LOADING Redis is loading the dataset in memory',
  "OOM command not allowed when used memory > 'maxmemory'.",
  'MISCONF Redis is configured to save RDB snapshots, but is currently unable to persist on disk.',
  'CLUSTERDOWN The cluster is down',
  'Socket closed unexpectedly',
];

describeRedis('a relay whose Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.close());
  afterEach(endAnswers);

  /** Returns a log, and what its commands meet: an error in place of the command, or in place of its reply. */
  async function connect(
    options: RedisLogOptions = {},
    to = server,
  ): Promise<{ readonly log: StreamLog; readonly fault: Fault }> {
    const [client, reader] = await Promise.all([to.connect(), to.connect()]);
    const fault: Fault = { left: 0, error: '', isRun: false, met: 0 };
    const log = redisLog(
      {
        sendCommand: async (args) => {
          const fails = fault.left > 0;
          if (fails) {
            fault.left -= 1;
            fault.met += 1;
          }
          if (!fails || fault.isRun) {
            const reply: unknown = await client.sendCommand(args);
            if (!fails) return reply;
          }
          throw new Error(fault.error);
        },
      },
      { sendCommand: (args) => reader.sendCommand(args) },
      { leaseMs: 5_000, commandMs: 2_000, ...options },
    );
    return { log, fault };
  }

  /** Starts an answer, and reads its first event. */
  async function start(log: StreamLog, key: string) {
    const relay = resumableRelay(log);
    const pending = relay.handler(postWith(key));
    await until(() => relay.calls.length === 1);
    const call = relay.calls[0]!;
    call.write('a');
    const first = new BodyReader(await pending);
    const second = new BodyReader(await relay.handler(getFrom(key)));
    await until(() => first.events.text === 'a' && second.events.text === 'a');
    return { ...relay, call, first, second };
  }

  /** The first reader has the complete answer, and the others the part before Redis failed. */
  const expectLostLog = (first: BodyReader, second: BodyReader): void => {
    expect(first.events).toMatchObject({ text: 'abc', last: '[DONE]' });
    expect(second.events).toMatchObject({ text: 'a', last: expect.stringContaining('orphaned') as string });
  };

  // At the same time, here and below: what a spec waits for is a time of Redis, or one that no busy machine misses.
  it('fails for a moment keeps an answer', async () => {
    await Promise.all(
      REPLIES.map(async (error) => {
        const { log, fault } = await connect({ prefix: `${error}:` });
        const { handler, call, first, second, logErrors } = await start(log, 'm');
        Object.assign(fault, { left: 3, error });
        call.write('b');
        await until(() => fault.left === 0);
        call.write('c');
        call.finish();
        await until(() => first.isOver && second.isOver);
        expect(second.events).toEqual({ text: 'abc', ids: '1 2 3 4 5', last: '[DONE]' });
        expect(first.body).toBe(second.body);
        expect(await (await handler(getFrom('m'))).text()).toBe(second.body);
        expect([logErrors, fault.met]).toEqual([[], 3]);
      }),
    );
  });

  it('fails for longer than the lease loses the log, and not the first reader', async () => {
    await Promise.all(
      REPLIES.map(async (error) => {
        const { log, fault } = await connect({ prefix: `long ${error}:` });
        const { call, first, second, logErrors } = await start(log, 'm');
        Object.assign(fault, { left: Infinity, error });
        call.write('b');
        await until(() => logErrors.length === 1 && second.isOver);
        call.write('c');
        call.finish();
        await until(() => first.isOver);
        expectLostLog(first, second);
        expect(second.body).not.toContain(error);
        expect(logErrors).toEqual([new Error(error)]);
      }),
    );
  });

  it.each(REPLIES)(
    'fails at the start is not needed, or is reported without its words: %s',
    async (error) => {
      const { log, fault } = await connect();
      Object.assign(fault, { left: Infinity, error });
      const { handler, calls } = resumableRelay(log);
      const pending = handler(postWith('m'));
      await until(() => calls.length === 1);
      calls[0]!.write('a');
      calls[0]!.finish();
      expect(eventsIn(await (await pending).text())).toEqual({ text: 'a', ids: '', last: '[DONE]' });
      const required = resumableRelay(log, { mode: 'required' });
      for (const http of [postWith('m'), getFrom('m')]) {
        const response = await required.handler(http);
        expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
        expect(await response.text()).not.toContain(error.slice(0, 6));
      }
    },
  );

  it('loses its replies has each event once, and one end', async () => {
    const { log, fault } = await connect({ prefix: 'lost:' });
    const { handler, call, first, second, logErrors } = await start(log, 'm');
    Object.assign(fault, { left: 1, error: 'the reply is lost', isRun: true });
    call.write('b');
    await until(() => fault.left === 0);
    call.write('c');
    await until(() => second.events.text === 'abc');
    call.finish();
    // Those of the last events, and of the end.
    fault.left = 4;
    await until(() => first.isOver && second.isOver && fault.left === 0);
    expect(second.events).toEqual({ text: 'abc', ids: '1 2 3 4 5', last: '[DONE]' });
    expect(await (await handler(getFrom('m'))).text()).toBe(second.body);
    expect(logErrors).toEqual([]);
  });

  it('is flushed has no second writer of an answer that this process still writes', async () => {
    const other = await startRedis();
    const { log } = await connect({}, other);
    const { handler, calls, call, first, logErrors } = await start(log, 'm');
    await (await other.connect()).flushAll();
    const response = await handler(postWith('m'));
    expect([response.status, response.headers.get('retry-after'), calls.length]).toEqual([503, '1', 1]);
    call.write('b');
    call.finish();
    await until(() => first.isOver && logErrors.length === 1);
    expect(first.events).toMatchObject({ text: 'ab', last: '[DONE]' });
    const again = handler(postWith('m'));
    await until(() => calls.length === 2);
    calls[1]!.write('c');
    calls[1]!.finish();
    expect(eventsIn(await (await again).text()).text).toBe('c');
    expect(eventsIn(await (await handler(getFrom('m'))).text()).text).toBe('c');
    await other.close();
  });

  describe('is started again', () => {
    let other: RedisServer;
    afterEach(() => other.close());

    it('with its data continues an answer for all readers', async () => {
      other = await startRedis('--appendonly', 'yes', '--appendfsync', 'always');
      const { log } = await connect({ commandMs: 1_000 }, other);
      const { call, first, second, logErrors } = await start(log, 'm');
      await other.kill();
      call.write('b');
      await other.start();
      call.write('c');
      call.finish();
      await until(() => first.isOver && second.isOver);
      expect(second.events).toEqual({ text: 'abc', ids: '1 2 3 4 5', last: '[DONE]' });
      expect(first.body).toBe(second.body);
      expect(logErrors).toEqual([]);
    });

    it('without its data continues it for the first reader, and reports to the others that the writer is lost', async () => {
      other = await startRedis();
      const { log } = await connect({ commandMs: 1_000 }, other);
      const { handler, call, first, second, logErrors } = await start(log, 'm');
      await other.kill();
      await other.start();
      call.write('b');
      await until(() => second.isOver);
      call.write('c');
      call.finish();
      await until(() => first.isOver);
      expectLostLog(first, second);
      expect(logErrors).toEqual([
        new Error('the stream is gone from Redis, as if evicted: check maxmemory and its policy'),
      ]);
      expect((await handler(getFrom('m'))).status).toBe(404);
    });
  });
});

/** A failure of the next commands of a client. */
interface Fault {
  /** The number of commands. */
  left: number;
  error: string;
  /** Whether Redis runs them, so that only their replies are lost. */
  isRun: boolean;
  /** The number of commands that have met it. */
  met: number;
}
