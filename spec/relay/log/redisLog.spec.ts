import type { RedisClientType } from 'redis';
import { firstValueFrom, from, lastValueFrom, map, tap, toArray } from 'rxjs';
import { LogError, type StreamLog } from 'rxjs-chat-completions/relay';
import { redisLog, type RedisLogOptions } from 'rxjs-chat-completions/relay/redis';

import { describeRedis, startRedis, type RedisServer } from '../../helpers/redisServer';
import { until } from '../../helpers/until';
import { describeLog } from './contract';

describeRedis('redisLog', () => {
  let server: RedisServer;
  let client: RedisClientType;
  let reader: RedisClientType;
  beforeAll(async () => {
    server = await startRedis();
    [client, reader] = await Promise.all([server.connect(), server.connect()]);
  });
  afterAll(() => server.close());

  const create = (options?: RedisLogOptions): StreamLog =>
    redisLog(
      { sendCommand: (args) => client.sendCommand(args) },
      { sendCommand: (args) => reader.sendCommand(args) },
      options,
    );
  describeLog(create);

  const claim = (log: StreamLog, id: string): Promise<string> => firstValueFrom(from(log.claim(id, 0)));
  const append = (log: StreamLog, id: string, after: number, texts: readonly string[]): Promise<unknown> =>
    lastValueFrom(from(log.append(id, after, texts)));
  const textOf = (log: StreamLog, id: string, after = 0): Promise<string> =>
    lastValueFrom(
      log.read$(id, after).pipe(
        map(({ text }) => text),
        toArray(),
        map((texts) => texts.join('')),
      ),
    );

  /** Resolves when a key is gone. */
  const isGone = async (key: string): Promise<void> => {
    while ((await client.exists(key)) === 1) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  /** Resolves when a key exists. */
  const exists = async (key: string): Promise<void> => {
    while ((await client.exists(key)) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  /** Ends a lease, as Redis does when it is not renewed. */
  const expire = (id: string): Promise<number> => client.del(`chat:{${id}}:lease`);

  it('fences a writer whose lease is over', async () => {
    const log = create();
    await claim(log, 'stalled');
    await append(log, 'stalled', 0, ['a']);
    await expire('stalled');
    await expect(append(log, 'stalled', 1, ['b'])).rejects.toEqual(new LogError('LostLease'));
    await expect(firstValueFrom(log.lease$('stalled', Infinity))).rejects.toEqual(new LogError('LostLease'));
    await expect(textOf(log, 'stalled')).rejects.toEqual(new LogError('Orphaned'));
  });

  describe('in a process that was paused', () => {
    /** Pauses this process, and not Redis. */
    const pause = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

    it('for longer than its lease, fences the writer, also in the middle of a command', async () => {
      const log = create({ leaseMs: 1_500, commandMs: 500 });
      await claim(log, 'paused');
      const appended = append(log, 'paused', 0, ['a']);
      await new Promise(setImmediate);
      pause(2_000);
      await appended;
      await expect(append(log, 'paused', 1, ['b'])).rejects.toEqual(new LogError('LostLease'));
    });

    it('reads on, although nothing was heard of the writer for longer than a lease', async () => {
      const log = create();
      await claim(log, 'read on');
      await append(log, 'read on', 0, ['a']);
      const texts: string[] = [];
      const read$ = create({ leaseMs: 1 })
        .read$('read on', 0)
        .pipe(tap(({ text }) => texts.push(text)));
      const read = lastValueFrom(read$);
      await until(() => texts.length === 1);
      pause(2_500);
      await lastValueFrom(from(log.append('read on', 1, ['b'], 'ended')));
      await read;
      expect(texts).toEqual(['a', 'b']);
    });
  });

  it('fences every process but the writer', async () => {
    await claim(create(), 'fenced');
    await expect(append(create(), 'fenced', 0, ['b'])).rejects.toEqual(new LogError('LostLease'));
  });

  it('renews the lease while nothing is appended', async () => {
    const log = create({ leaseMs: 6_000 });
    await claim(log, 'cold');
    const lease = log.lease$('cold', Infinity).subscribe();
    // The time that is left grows when it is renewed.
    let left = -1;
    for (let renewals = 0; renewals < 3;) {
      const before = left;
      left = await client.pTTL('chat:{cold}:lease');
      expect(left).toBeGreaterThan(0);
      if (left > before) renewals += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await append(log, 'cold', 0, ['a']);
    lease.unsubscribe();
    // Two renewals are missing.
    while ((await client.pTTL('chat:{cold}:lease')) > 4_000)
      await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('reports to readers that wait that the writer is dead, with the events before', async () => {
    const log = create();
    await claim(log, 'dead');
    await append(log, 'dead', 0, ['a']);
    const texts: string[] = [];
    const read$ = log.read$('dead', 0).pipe(tap(({ text }) => texts.push(text)));
    const read = expect(lastValueFrom(read$)).rejects.toEqual(new LogError('Orphaned'));
    await until(() => texts.length === 1);
    await expire('dead');
    await read;
    expect(texts).toEqual(['a']);
  });

  it('does not continue the events of a stream that was lost with those of the next writer', async () => {
    const log = create();
    await claim(log, 'replaced');
    await append(log, 'replaced', 0, ['a']);
    const texts: string[] = [];
    const read$ = log.read$('replaced', 0).pipe(tap(({ text }) => texts.push(text)));
    const read = expect(lastValueFrom(read$)).rejects.toEqual(new LogError('Orphaned'));
    await until(() => texts.length === 1);
    const other = create();
    await client.del(['meta', 'lease', 'events'].map((name) => `chat:{replaced}:${name}`));
    await claim(other, 'replaced');
    await append(other, 'replaced', 0, ['b', 'c']);
    await read;
    expect(texts).toEqual(['a']);
  });

  it('reports that the next events were removed', async () => {
    const log = create({ maxEvents: 100 });
    await claim(log, 'long');
    await append(
      log,
      'long',
      0,
      Array.from({ length: 1_000 }, (_, i) => `${i}`),
    );
    await lastValueFrom(from(log.append('long', 1_000, ['!'], 'ended')));
    await expect(textOf(log, 'long')).rejects.toEqual(new LogError('Trimmed'));
    expect(await textOf(log, 'long', 998)).toBe('998999!');
  });

  it('reports that the last events were lost, as by a failover, and not the end after them', async () => {
    const log = create();
    await claim(log, 'tail');
    await append(log, 'tail', 0, ['a', 'b']);
    await client.del('chat:{tail}:events');
    await client.xAdd('chat:{tail}:events', '1-0', { e: 'a' });
    await client.hSet('chat:{tail}:meta', 'count', 1);
    await lastValueFrom(from(log.append('tail', 2, [], 'ended')));
    await expect(textOf(log, 'tail')).rejects.toEqual(new LogError('Trimmed'));
    expect(await lastValueFrom(log.read$('tail', 2), { defaultValue: 'ended' })).toBe('ended');
  });

  it('has Redis remove a stream after its time, even if the process has ended', async () => {
    const ttlMs = 60_000;
    const log = create({ ttlMs });
    await claim(log, 'short');
    await lastValueFrom(from(log.append('short', 0, ['a'], 'ended')));
    expect(await textOf(log, 'short')).toBe('a');
    for (const key of ['chat:{short}:meta', 'chat:{short}:events']) {
      const left = await client.pTTL(key);
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(ttlMs);
      await client.pExpire(key, 1);
    }
    await isGone('chat:{short}:meta');
    await isGone('chat:{short}:events');
    await expect(textOf(log, 'short')).rejects.toEqual(new LogError('UnknownStream'));
    expect((await client.keys('chat:{short}:*')).filter((key) => !key.endsWith(':read'))).toEqual([]);
  });

  it('does not depend on the clock of the process', async () => {
    const now = jest.spyOn(Date, 'now').mockImplementation(() => performance.timeOrigin - 3_600_000);
    try {
      const log = create();
      await claim(log, 'clock');
      await append(log, 'clock', 0, ['a']);
      now.mockImplementation(() => performance.timeOrigin + 3_600_000);
      await lastValueFrom(from(log.append('clock', 1, ['b'], 'ended')));
      expect(await textOf(create(), 'clock')).toBe('ab');
    } finally {
      now.mockRestore();
    }
  });

  it('withdraws a claim that nothing waits for any more', async () => {
    let reply = (): void => undefined;
    const slow = redisLog(
      {
        sendCommand: async (args) => {
          const result = await client.sendCommand(args);
          await new Promise<void>((resolve) => (reply = resolve));
          return result;
        },
      },
      { sendCommand: (args) => reader.sendCommand(args) },
      { commandMs: 50 },
    );
    await expect(claim(slow, 'late')).rejects.toThrow('Redis did not reply within 50 ms');
    expect(await claim(create(), 'late')).toBe('reader');
    reply();
    await isGone('chat:{late}:meta');
    expect(await claim(create(), 'late')).toBe('writer');
  });

  /** A log that loses the reply to its first command with a word. */
  const createLossy = (word: string): StreamLog => {
    let isLost = true;
    return redisLog(
      {
        sendCommand: async (args) => {
          const reply: unknown = await client.sendCommand(args);
          if (!isLost || !args.includes(word)) return reply;
          isLost = false;
          throw new Error('Socket closed unexpectedly');
        },
      },
      { sendCommand: (args) => reader.sendCommand(args) },
    );
  };

  it('withdraws a claim whose reply was lost', async () => {
    const log = createLossy('EVAL');
    await expect(claim(log, 'lost')).rejects.toThrow('Socket closed unexpectedly');
    await isGone('chat:{lost}:meta');
    expect(await claim(create(), 'lost')).toBe('writer');
  });

  it('withdraws a claim once if the reply to that was lost', async () => {
    const log = createLossy('withdrawn');
    await claim(log, 'twice');
    await lastValueFrom(from(log.append('twice', 0, [], 'withdrawn')));
    expect(await claim(create(), 'twice')).toBe('writer');
  });

  it('needs no more than Redis 5, which has no ranges without their start', async () => {
    const REDIS_5 = `local newer = redis
local redis = setmetatable({
  call = function(...)
    for _, word in ipairs({...}) do
      if string.sub(word, 1, 1) == '(' then error('ERR Invalid stream ID specified as stream command argument') end
    end
    return newer.call(...)
  end,
}, { __index = newer })
`;
    const log = redisLog(
      {
        sendCommand: ([command = '', script = '', ...args]) =>
          client.sendCommand([command, ...(command === 'EVAL' ? [REDIS_5 + script] : [script]), ...args]),
      },
      { sendCommand: (args) => reader.sendCommand(args) },
    );
    await claim(log, 'five');
    await append(log, 'five', 0, ['a', 'b']);
    expect((await firstValueFrom(log.read$('five', 1))).text).toBe('b');
    await lastValueFrom(from(log.append('five', 2, [], 'ended')));
    expect(await textOf(log, 'five')).toBe('ab');
    expect(await lastValueFrom(log.read$('five', 2), { defaultValue: 'ended' })).toBe('ended');
  });

  /** A log whose first command waits, before Redis has it and again before its reply. */
  function createSlow(): { readonly log: StreamLog; readonly go: () => void } {
    const steps: Array<() => void> = [];
    const wait = (): Promise<void> => new Promise((resolve) => steps.push(resolve));
    let isFirst = true;
    const sendCommand = async (args: string[]): Promise<unknown> => {
      const waits = isFirst;
      isFirst = false;
      if (waits) await wait();
      const reply: unknown = await client.sendCommand(args);
      if (waits) await wait();
      return reply;
    };
    const log = redisLog({ sendCommand }, { sendCommand: (args) => reader.sendCommand(args) });
    return { log, go: () => steps.shift()?.() };
  }

  it('stops a writer whose claim is delayed for longer than the lead of its stop', async () => {
    const { log, go } = createSlow();
    const role = claim(log, 'overtaken');
    await expect(lastValueFrom(from(create().stop('overtaken')))).rejects.toEqual(
      new LogError('UnknownStream'),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    go();
    await exists('chat:{overtaken}:meta');
    go();
    expect(await role).toBe('writer');
    expect(await firstValueFrom(log.lease$('overtaken', Infinity))).toBe('stopped');
  });

  it('keeps a stop that arrives while an earlier one is removed', async () => {
    await expect(lastValueFrom(from(create().stop('again')))).rejects.toEqual(new LogError('UnknownStream'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { log, go } = createSlow();
    const role = claim(log, 'again');
    go();
    await exists('chat:{again}:meta');
    await lastValueFrom(from(create().stop('again')), { defaultValue: undefined });
    go();
    expect(await role).toBe('writer');
    expect(await firstValueFrom(log.lease$('again', Infinity))).toBe('stopped');
  });

  it('reads with version 2 of the protocol, and with clients that have no blocking reads', async () => {
    const other = await server.connect(2);
    const sends = { sendCommand: (args: string[]) => other.sendCommand(args) };
    const log = redisLog(sends, { sendCommand: () => Promise.reject(new Error('not supported')) });
    await claim(log, 'old');
    const text = textOf(log, 'old');
    const wakes = textOf(redisLog({ sendCommand: (args) => client.sendCommand(args) }, sends), 'old');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await lastValueFrom(from(log.append('old', 0, ['a'], 'ended')));
    expect(await Promise.all([text, wakes])).toEqual(['a', 'a']);
  });

  it('can be read and stopped when the memory of Redis is full', async () => {
    const log = create({ leaseMs: 1_000 });
    await claim(log, 'full');
    await append(log, 'full', 0, ['a']);
    await client.configSet('maxmemory', '1');
    try {
      const lease = log.lease$('full', Infinity).subscribe(); // A lease needs no memory.
      await expect(append(log, 'full', 1, ['b'])).rejects.toThrow('OOM');
      lease.unsubscribe();
      expect((await firstValueFrom(log.read$('full', 0))).text).toBe('a');
      await lastValueFrom(from(log.stop('full')));
      await expect(firstValueFrom(log.lease$('full', Infinity))).rejects.toEqual(new LogError('LostLease'));
    } finally {
      await client.configSet('maxmemory', '0');
    }
  });
});
