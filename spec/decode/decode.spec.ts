import { isLeft, isRight, left, type Either } from 'fp-ts/Either';

import { ChatCompletion } from '../../lib/codec/ChatCompletion';
import { decodeChunk, decodeWith } from '../../lib/decode/decode';
import { BadJson, SchemaMismatch } from '../../lib/errors';

const leftOf = <E>(either: Either<E, unknown>): E => {
  if (isLeft(either)) return either.left;
  throw new Error('expected a left');
};
const issuesOf = (payload: string): readonly string[] => {
  const error = leftOf(decodeChunk(payload));
  return error instanceof SchemaMismatch ? error.issues : [error.message];
};
const deep = (levels: number, open: string, close: string): string =>
  open.repeat(levels) + close.repeat(levels);

describe('decodeChunk', () => {
  it('gives the chunk as it came, with every field it does not know', () => {
    const payload =
      '{"id":"1","choices":[{"index":0,"delta":{"content":"Hi","channel":"x"},"seed":9}],"timings":{"n":[1]},"x_groq":null}';
    const decoded = decodeChunk(payload);
    expect(isRight(decoded) && JSON.stringify(decoded.right)).toBe(payload);
  });

  it.each(['', 'Hello', '{"choices":', "{'choices':[]}", '[DONE]', 'undefined', '{"a":1}{"b":2}'])(
    'says that %j is no JSON',
    (payload) => {
      const error = leftOf(decodeChunk(payload));
      expect(error).toBeInstanceOf(BadJson);
      expect(error.raw).toBe(payload);
      expect(error.cause).toBeInstanceOf(SyntaxError);
    },
  );

  it.each([
    ['null', 'the payload: expected object, got null'],
    ['"text"', 'the payload: expected object, got "text"'],
    ['[]', 'the payload: expected object, got an array'],
    ['{"choices":{}}', 'choices: expected array, got an object'],
    ['{"choices":[null]}', 'choices/0: expected object, got null'],
    ['{"choices":[{"index":"0"}]}', 'choices/0/index: expected number, got "0"'],
    ['{"choices":[{"delta":[]}]}', 'choices/0/delta: expected object, got an array'],
    ['{"choices":[{"delta":{"content":5}}]}', 'choices/0/delta/content: expected string or array, got 5'],
    ['{"choices":[{"delta":{"content":[5]}}]}', 'choices/0/delta/content/0: expected object, got 5'],
    [
      '{"choices":[{"delta":{"content":[{"thinking":[{"text":true}]}]}}]}',
      'choices/0/delta/content/0/thinking/0/text: expected string, got true',
    ],
    [
      '{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":{"city":"Oslo"}}}]}}]}',
      'choices/0/delta/tool_calls/0/function/arguments: expected string, got an object',
    ],
    ['{"usage":{"total_tokens":"12"}}', 'usage/total_tokens: expected number, got "12"'],
  ])('says what is wrong with %s', (payload, issue) => {
    expect(issuesOf(payload)).toEqual([issue]);
  });

  it('names five misfits at most', () => {
    expect(
      issuesOf('{"id":1,"object":2,"model":3,"created":"4","service_tier":5,"usage":6,"choices":7}'),
    ).toHaveLength(5);
  });

  it('quotes no more than the beginning of a long string', () => {
    expect(issuesOf(`{"choices":"${'a'.repeat(100_000)}"}`)).toEqual([
      `choices: expected array, got "${'a'.repeat(40)}…"`,
    ]);
  });

  it('looks at a part only of what is wrong in many places', () => {
    expect(issuesOf(`{"choices":[${Array(20_000).fill('1').join(',')}]}`)).toHaveLength(5);
  });

  it("keeps the payload, cut, and io-ts's own report", () => {
    const payload = `{"choices":5,"padding":"${'a'.repeat(5_000)}"}`;
    const error = leftOf(decodeChunk(payload)) as SchemaMismatch;
    expect(error.raw).toBe(`${payload.slice(0, 2_000)}…`);
    expect(error.errors.map(({ value }) => value)).toContain(5);
    expect(error.message).toBe('choices: expected array, got 5');
  });

  it.each([
    ['where anything may be', `{"choices":[],"deep":${deep(100_000, '[', ']')}}`],
    ['where it does not fit', deep(100_000, '[', ']')],
    ['where it does not fit, as objects', `{"choices":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`],
    ['in a union of kinds', `{"choices":[{"delta":{"content":${deep(100_000, '[', ']')}}}]}`],
    ['without an end', '['.repeat(100_000)],
  ])('bears 100,000 levels of nesting %s', (_, payload) => {
    const decoded = decodeChunk(payload);
    if (isLeft(decoded)) expect(decoded.left.message.length).toBeLessThan(200);
    expect(() => decodeChunk(payload)).not.toThrow();
  });

  it('takes prototype keys for names like any other', () => {
    const polluting = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    const payload = `{"__proto__":{"polluted":1},"choices":[{"delta":${polluting},"logprobs":${polluting}}],"usage":${polluting}}`;
    const decoded = decodeChunk(payload);
    expect(isRight(decoded) && JSON.stringify(decoded.right)).toBe(payload);
    expect(isRight(decoded) && Object.getPrototypeOf(decoded.right)).toBe(Object.prototype);
    expect(issuesOf(`{"__proto__":{"choices":[]},"choices":${polluting}}`)).toEqual([
      'choices: expected array, got an object',
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('decodeWith', () => {
  const decode = decodeWith(ChatCompletion);

  it('gives the value itself', () => {
    const value = { choices: [], own: [1] };
    const decoded = decode(value, '');
    expect(isRight(decoded) && decoded.right).toBe(value);
  });

  it('says what is missing', () => {
    const text = '{"object":"list","data":[]}';
    expect(decode(JSON.parse(text), text)).toEqual(
      left(new SchemaMismatch(['choices: expected array, got nothing'], text, [])),
    );
  });

  it('takes what only the codec takes', () => {
    const value = { choices: [], model: undefined };
    expect(isRight(decode(value, ''))).toBe(true);
  });
});
