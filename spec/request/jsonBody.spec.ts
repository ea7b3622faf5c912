import { RequestError } from '../../lib/errors';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import { acceptedFields } from '../../lib/request/fieldReports';
import { bodyFields, completionFields, streamedFields } from '../../lib/request/bodyFields';
import { jsonBody } from '../../lib/request/jsonBody';
import type { Profile } from '../../lib/servers/Profile';

const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'Hi 🙂' }], temperature: 0 };

/** Returns the body that is sent. */
const sent = (fields: Readonly<Record<string, unknown>>, profile?: Profile): unknown =>
  JSON.parse(jsonBody(acceptedFields(fields, profile)));

describe('streamedFields', () => {
  it('requests a stream with usage', () => {
    expect(sent(streamedFields(request))).toEqual({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('leaves out stream_options if include_usage is false and alone', () => {
    expect(sent(streamedFields({ ...request, stream_options: { include_usage: false } }))).toEqual({
      ...request,
      stream: true,
    });
  });

  it.each([
    [{}, { include_usage: true }],
    // Possible without exactOptionalPropertyTypes.
    [{ include_usage: undefined }, { include_usage: true }],
    [{ include_usage: true }, { include_usage: true }],
    [{ include_obfuscation: false }, { include_usage: true, include_obfuscation: false }],
    [
      { include_usage: false, include_obfuscation: false },
      { include_usage: false, include_obfuscation: false },
    ],
    [{ continuous_usage_stats: true }, { include_usage: true, continuous_usage_stats: true }],
  ])('maps stream_options %j to %j', (stream_options, options) => {
    expect(sent(streamedFields({ ...request, stream_options }))).toMatchObject({
      stream: true,
      stream_options: options,
    });
  });

  it('streams, whatever the extras contain', () => {
    expect(sent(streamedFields({ ...request, extra: { stream: false } as never }))).toMatchObject({
      stream: true,
    });
  });

  it('does not change the request', () => {
    const before = structuredClone(request);
    streamedFields(Object.freeze({ ...request, stream_options: Object.freeze({}) }));
    expect(request).toEqual(before);
  });
});

describe('jsonBody', () => {
  it.each([
    ['the first half of a pair', 'a\ud83d', 'a\uFFFD'],
    ['the second half of a pair', '\ude00b', '\uFFFDb'],
    ['halves in the wrong order', '\ude00\ud83d', '\uFFFD\uFFFD'],
    ['a pair', '😀', '😀'],
    ['an escape in the text', '{"a":"\\ud83d"}', '{"a":"\\ud83d"}'],
  ])('sends only text that UTF-8 has: %s', (_, text, expected) => {
    const body = jsonBody({ messages: [{ content: text }, { content: [{ text }] }] });
    expect(JSON.parse(body)).toEqual({
      messages: [{ content: expected }, { content: [{ text: expected }] }],
    });
  });
});

describe('completionFields', () => {
  it('requests no stream', () => {
    expect(sent(completionFields(request))).toEqual({ ...request, stream: false });
  });

  it('leaves out stream_options, which servers reject without a stream', () => {
    expect(sent(completionFields({ ...request, stream_options: { include_usage: true } }))).toEqual({
      ...request,
      stream: false,
    });
  });
});

describe('bodyFields', () => {
  it('merges the extras into the top level, unchanged', () => {
    const extra = { num_ctx: 8192, provider: { order: ['a', 'b'], x: null }, temperature: 1 };
    expect(sent(bodyFields({ ...request, extra }))).toEqual({ ...request, ...extra });
  });

  it('returns no field named extra', () => {
    expect(sent(bodyFields({ ...request, extra: {} }))).toEqual(request);
    expect(sent(bodyFields(request))).toEqual(request);
  });

  it('treats prototype keys of the extras like any other', () => {
    const extra = JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, unknown>;
    expect(jsonBody(bodyFields({ ...request, extra }))).toContain('"__proto__":{"polluted":true}');
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('jsonBody', () => {
  it('keeps null and leaves out undefined', () => {
    expect(jsonBody({ a: null, b: undefined, c: 0, d: '', e: false })).toBe(
      '{"a":null,"c":0,"d":"","e":false}',
    );
  });

  it('leaves out the fields that the server rejects, at the top level only', () => {
    const profile = { name: 'x', rejects: ['stream_options', 'seed'] };
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
    ['a circular reference', { extra: circle }],
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
    ['100,000 levels of nesting', { deep: JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown }],
  ])('rejects %s, without quoting the request', (_, fields) => {
    let thrown: unknown;
    try {
      jsonBody({ model: 'any', ...fields });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(RequestError);
    expect(JSON.parse(JSON.stringify(thrown))).toEqual({
      _tag: 'RequestError',
      name: 'RequestError',
      message: 'the request is not JSON: remove BigInts and circular references',
      retryable: false,
    });
    expect((thrown as Error).cause).toBeDefined();
  });
});

describe('a renamed field', () => {
  const profile: Profile = {
    name: 'x',
    renames: { max_completion_tokens: 'max_tokens', seed: 'random_seed' },
  };
  const renamed = (own: Partial<ChatRequest>, facts = profile): unknown =>
    sent(bodyFields({ model: 'any', messages: [], ...own }, facts));
  const base = { model: 'any', messages: [] };

  it('is sent under the name of the server only', () => {
    expect(renamed({ max_completion_tokens: 5, seed: null })).toEqual({
      ...base,
      max_tokens: 5,
      random_seed: null,
    });
  });

  it('is sent unchanged if the request sets the name of the server too', () => {
    const both = { max_completion_tokens: 5, max_tokens: 7 };
    expect(renamed(both)).toEqual({ ...base, ...both });
    expect(renamed({ max_completion_tokens: 5, extra: { max_tokens: 7 } })).toEqual({ ...base, ...both });
    expect(
      sent(bodyFields({ ...base, ...both }, profile), { name: 'x', rejects: ['max_completion_tokens'] }),
    ).toEqual({
      ...base,
      max_tokens: 7,
    });
  });

  it('is sent unchanged from extra', () => {
    expect(renamed({ extra: { seed: 1 } })).toEqual({ ...base, seed: 1 });
    expect(renamed({ seed: 2, extra: { seed: 1 } })).toEqual({ ...base, seed: 1 });
  });

  it('is renamed beside null for extra, which JavaScript allows', () => {
    expect(renamed({ seed: 1, extra: null as never })).toEqual({ ...base, random_seed: 1 });
  });

  it('is absent if the request does not have it', () => {
    expect(renamed({})).toEqual(base);
  });
});
