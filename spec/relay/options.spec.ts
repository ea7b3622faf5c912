import { NEVER } from 'rxjs';
import { memoryLog, relay, resumeFrom, toResponse, type RelayOptions } from 'rxjs-chat-completions/relay';
import { redisLog, type RedisClient, type RedisLogOptions } from 'rxjs-chat-completions/relay/redis';

import { post, relayOf } from './relayOf';

const client: RedisClient = { sendCommand: () => Promise.reject(new Error('not called')) };

const createRelay = (options: Partial<RelayOptions>): unknown =>
  relay({ answer: () => NEVER, authorize: () => 'anna', allow: { models: [] }, ...options });
const respond = (options: Parameters<typeof toResponse>[2]): unknown =>
  toResponse(NEVER, new Request('http://relay'), options);
const redis = (options: RedisLogOptions): unknown => redisLog(client, client, options);

/** Numbers of options, and those outside of their range. A variable of the environment that is missing is NaN. */
const ranges: ReadonlyArray<readonly [string, (value: number) => unknown, readonly number[]]> = [
  ['body', (body) => createRelay({ limits: { body } }), [NaN, -1]],
  ['streamsPerUser', (streamsPerUser) => createRelay({ limits: { streamsPerUser } }), [NaN, -1]],
  ['request', (request) => createRelay({ limits: { request } }), [NaN, -1]],
  ['total', (total) => createRelay({ limits: { total } }), [NaN, -1]],
  ['heartbeat', (heartbeat) => createRelay({ heartbeat }), [NaN, -1, 0, 1e-9]],
  ['coalesce', (coalesce) => createRelay({ coalesce }), [NaN, -1, 2 ** 31, Infinity]],
  ['heartbeat', (heartbeat) => respond({ heartbeat }), [NaN, -1, 0]],
  ['coalesce', (coalesce) => respond({ coalesce }), [NaN, -1, Infinity]],
  ['orphanMs', (orphanMs) => resumeFrom(memoryLog(), { orphanMs }), [NaN, -1]],
  ['batchMs', (batchMs) => resumeFrom(memoryLog(), { batchMs }), [NaN, -1, 2 ** 31, Infinity]],
  ['ttlMs', (ttlMs) => memoryLog({ ttlMs }), [NaN, -1]],
  ['maxSize', (maxSize) => memoryLog({ maxSize }), [NaN, -1]],
  ['ttlMs', (ttlMs) => redis({ ttlMs }), [NaN, 0, Infinity]],
  ['leaseMs', (leaseMs) => redis({ leaseMs }), [NaN, 0, 2 ** 31, Infinity]],
  ['commandMs', (commandMs) => redis({ commandMs }), [NaN, 0, 2 ** 31, Infinity]],
  ['maxEvents', (maxEvents) => redis({ maxEvents }), [NaN, 0, Infinity]],
];

describe('the options of a relay', () => {
  const rows = ranges.flatMap(([name, create, values]) =>
    values.map((value) => [name, value, create] as const),
  );
  it.each(rows)('%s cannot be %p', (name, value, create) => {
    expect(() => create(value)).toThrow(RangeError);
    expect(() => create(value)).toThrow(new RegExp(`^${name} must be a number from .* not ${value}$`));
  });

  it.each([
    ['models', { models: 'llama3.2' }],
    ['models', { models: undefined }],
    ['fields', { models: [], fields: 'model, messages' }],
  ])('allow.%s must be a list, and not %j', (name, allow) => {
    const create = (): unknown => createRelay({ allow: allow as unknown as RelayOptions['allow'] });
    expect(create).toThrow(new TypeError(`allow.${name} must be a list of strings`));
  });

  it('can have the least value of their range', () => {
    expect(() => createRelay({ heartbeat: 1, coalesce: 0 })).not.toThrow();
    expect(() => resumeFrom(memoryLog(), { orphanMs: 0, batchMs: 0 })).not.toThrow();
  });

  it('have defaults for undefined', () => {
    const options = { limits: { body: undefined }, heartbeat: undefined, coalesce: undefined };
    expect(() => createRelay(options)).not.toThrow();
    expect(() => redis({ leaseMs: undefined })).not.toThrow();
  });

  it.each(['request', 'total', 'body', 'streamsPerUser'])(
    '%s may be Infinity, for no limit',
    async (name) => {
      const slowly = async (): Promise<string> => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return 'anna';
      };
      const { handler } = relayOf('Hello', { limits: { [name]: Infinity }, authorize: slowly });
      expect((await handler(post())).status).toBe(200);
    },
  );
});
