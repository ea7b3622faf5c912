import { RequestError } from '../../lib/errors';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import { bodyFields, ignoredFields, jsonBody, streamedFields, wholeFields } from '../../lib/request/jsonBody';
import { ollama } from '../../lib/servers/ollama';
import type { Profile } from '../../lib/servers/Profile';

const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'Hi 🙂' }], temperature: 0 };

/** What is sent for a request. */
const sent = (fields: Readonly<Record<string, unknown>>, profile?: Profile): unknown =>
  JSON.parse(jsonBody(fields, profile));

describe('streamedFields', () => {
  it('ask for a stream with usage', () => {
    expect(sent(streamedFields(request))).toEqual({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('ask for no usage, and send no stream_options at all, when it is switched off', () => {
    expect(sent(streamedFields({ ...request, stream_options: { include_usage: false } }))).toEqual({
      ...request,
      stream: true,
    });
  });

  it.each([
    [{}, { include_usage: true }],
    // As those write it whose compiler lets them.
    [{ include_usage: undefined }, { include_usage: true }],
    [{ include_usage: true }, { include_usage: true }],
    [{ include_obfuscation: false }, { include_usage: true, include_obfuscation: false }],
    [
      { include_usage: false, include_obfuscation: false },
      { include_usage: false, include_obfuscation: false },
    ],
    [{ continuous_usage_stats: true }, { include_usage: true, continuous_usage_stats: true }],
  ])('of stream_options %j send %j', (stream_options, options) => {
    expect(sent(streamedFields({ ...request, stream_options }))).toMatchObject({
      stream: true,
      stream_options: options,
    });
  });

  it('stream, whatever the extras say', () => {
    expect(sent(streamedFields({ ...request, extra: { stream: false } as never }))).toMatchObject({
      stream: true,
    });
  });

  it('leave the request as it was', () => {
    const before = structuredClone(request);
    streamedFields(Object.freeze({ ...request, stream_options: Object.freeze({}) }));
    expect(request).toEqual(before);
  });
});

describe('wholeFields', () => {
  it('ask for no stream', () => {
    expect(sent(wholeFields(request))).toEqual({ ...request, stream: false });
  });

  it('leave out stream_options, which servers refuse without a stream', () => {
    expect(sent(wholeFields({ ...request, stream_options: { include_usage: true } }))).toEqual({
      ...request,
      stream: false,
    });
  });
});

describe('fieldsOf', () => {
  it('merge the extras into the top level, untouched', () => {
    const extra = { num_ctx: 8192, provider: { order: ['a', 'b'], x: null }, temperature: 1 };
    expect(sent(bodyFields({ ...request, extra }))).toEqual({ ...request, ...extra });
  });

  it('send no field named extra', () => {
    expect(sent(bodyFields({ ...request, extra: {} }))).toEqual(request);
    expect(sent(bodyFields(request))).toEqual(request);
  });

  it('carry prototype keys of the extras as what they are, and pollute nothing', () => {
    const extra = JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, unknown>;
    expect(jsonBody(bodyFields({ ...request, extra }), undefined)).toContain('"__proto__":{"polluted":true}');
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('jsonBody', () => {
  it('keeps null, and leaves out what is undefined', () => {
    expect(jsonBody({ a: null, b: undefined, c: 0, d: '', e: false }, undefined)).toBe(
      '{"a":null,"c":0,"d":"","e":false}',
    );
  });

  it('leaves out what the server rejects, and nothing else', () => {
    const profile = { name: 'x', ignores: ['n'], rejects: ['stream_options', 'seed'] };
    expect(sent({ model: 'any', n: 2, seed: 7, stream_options: {}, deep: { seed: 7 } }, profile)).toEqual({
      model: 'any',
      n: 2,
      deep: { seed: 7 },
    });
  });

  const circle: Record<string, unknown> = { secret: 'in the request' };
  circle.self = circle;

  it.each([
    ['a BigInt', { seed: 1n }],
    ['a circle', { extra: circle }],
    [
      'a toJSON that throws',
      {
        tool: {
          toJSON: () => {
            throw new Error('no');
          },
        },
      },
    ],
    [
      'objects in one another, 100,000 deep',
      { deep: JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown },
    ],
  ])('refuses %s, without showing the request', (_, fields) => {
    let thrown: unknown;
    try {
      jsonBody({ model: 'any', ...fields }, undefined);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(RequestError);
    expect(JSON.parse(JSON.stringify(thrown))).toEqual({
      _tag: 'RequestError',
      name: 'RequestError',
      message: 'the request cannot be written as JSON',
      retryable: false,
    });
    expect((thrown as Error).cause).toBeDefined();
  });
});

describe('ignoredFields', () => {
  it('are those of the request that the profile names', () => {
    const fields = streamedFields({ ...request, n: 2, logit_bias: { '1': 1 }, extra: { keep_alive: '5m' } });
    expect(ignoredFields(fields, ollama)).toEqual(['keep_alive', 'logit_bias', 'n']);
  });

  it('are none without a profile, and none for what is not sent', () => {
    expect(ignoredFields({ ...request, n: 2 }, undefined)).toEqual([]);
    expect(ignoredFields({ ...request, n: undefined }, ollama)).toEqual([]);
    expect(ignoredFields(streamedFields(request), ollama)).toEqual([]);
  });

  it('count a null as sent', () => {
    expect(ignoredFields({ n: null }, ollama)).toEqual(['n']);
  });
});
