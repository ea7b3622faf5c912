import { isLeft, isRight, left, type Either } from 'fp-ts/Either';

import { ChatCompletion } from '../../lib/codec/ChatCompletion';
import { ModelList } from '../../lib/codec/Model';
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
const list = (length: number, item: string): string => Array(length).fill(item).join(',');
const deep = (levels: number, open: string, close: string): string =>
  open.repeat(levels) + close.repeat(levels);

describe('decodeChunk', () => {
  it('returns the chunk with its unknown fields', () => {
    const payload =
      '{"id":"1","choices":[{"index":0,"delta":{"content":"Hi","channel":"x"},"seed":9}],"timings":{"n":[1]},"x_groq":null}';
    const decoded = decodeChunk(payload);
    expect(isRight(decoded) && JSON.stringify(decoded.right)).toBe(payload);
  });

  it.each(['', 'Hello', '{"choices":', "{'choices':[]}", '[DONE]', 'undefined', '{"a":1}{"b":2}'])(
    'rejects %j, which is not JSON',
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
    ['{"choices":5}', 'choices: expected array, got 5'],
    ['{"choices":"x"}', 'choices: expected array, got "x"'],
    ['{"choices":{"a":{"delta":{}}}}', 'choices: expected array, got an object'],
    ['{"choices":["x"]}', 'choices/0: expected object, got "x"'],
    ['{"choices":[null,5]}', 'choices/0: expected object, got 5'],
    ['{"choices":[{"index":"first"}]}', 'choices/0/index: expected number, got "first"'],
    ['{"choices":[{"index":true}]}', 'choices/0/index: expected number, got true'],
    ['{"choices":[{"delta":"x"}]}', 'choices/0/delta: expected object, got "x"'],
    ['{"choices":[{"delta":[{"content":"x"}]}]}', 'choices/0/delta: expected object, got an array'],
    ['{"choices":[{"finish_reason":["stop"]}]}', 'choices/0/finish_reason: expected string, got an array'],
    ['{"choices":[{"delta":{"content":[[]]}}]}', 'choices/0/delta/content/0: expected object, got an array'],
    [
      '{"choices":[{"delta":{"content":[{"text":["x"]}]}}]}',
      'choices/0/delta/content/0/text: expected string, got an array',
    ],
    ['{"choices":[{"delta":{"tool_calls":"x"}}]}', 'choices/0/delta/tool_calls: expected array, got "x"'],
    [
      '{"choices":[{"delta":{"tool_calls":[{"id":{"n":1}}]}}]}',
      'choices/0/delta/tool_calls/0/id: expected string, got an object',
    ],
    [
      '{"choices":[{"delta":{"tool_calls":[{"function":"f"}]}}]}',
      'choices/0/delta/tool_calls/0/function: expected object, got "f"',
    ],
  ])('rejects %s and names the field', (payload, issue) => {
    expect(issuesOf(payload)).toEqual([issue]);
  });

  it('names five misfits at most', () => {
    expect(issuesOf(`{"choices":[${Array(20).fill('1').join(',')}]}`)).toHaveLength(5);
  });

  it('quotes only the beginning of a long string', () => {
    expect(issuesOf(`{"choices":"${'a'.repeat(100_000)}"}`)).toEqual([
      `choices: expected array, got "${'a'.repeat(40)}…"`,
    ]);
  });

  it('quotes no half of a character', () => {
    expect(issuesOf(`{"choices":"${'a'.repeat(39)}😀${'a'.repeat(100)}"}`)).toEqual([
      `choices: expected array, got "${'a'.repeat(39)}…"`,
    ]);
  });

  it.each<[string, (item: number) => string]>([
    ['choices', (item) => `{"choices":[${list(item, '1')}]}`],
    ['deltas', (item) => `{"choices":[${list(item, '{"delta":1}')}]}`],
    ['content parts', (item) => `{"choices":[{"delta":{"content":[${list(item, '[]')}]}}]}`],
    ['tool calls', (item) => `{"choices":[{"delta":{"tool_calls":[${list(item, '"x"')}]}}]}`],
    [
      'calls in each choice',
      (item) => `{"choices":[${list(item, '{"delta":{"tool_calls":[1,1,1,1,1,1]}}')}]}`,
    ],
  ])('stops at the first few errors of many %s', (_, payloadOf) => {
    const few = leftOf(decodeChunk(payloadOf(10))) as SchemaMismatch;
    const many = leftOf(decodeChunk(payloadOf(10_000))) as SchemaMismatch;
    expect(many.errors.length).toBe(few.errors.length);
    expect(many.issues).toEqual(few.issues);
  });

  it('keeps the beginning of the payload and the errors of io-ts', () => {
    const payload = `{"choices":5,"padding":"${'a'.repeat(5_000)}"}`;
    const error = leftOf(decodeChunk(payload)) as SchemaMismatch;
    expect(error.raw).toBe(`${payload.slice(0, 2_000)}…`);
    expect(error.errors.map(({ value }) => value)).toContain(5);
    expect(error.message).toBe('choices: expected array, got 5');
  });

  it.each([
    ['in an unknown field', `{"choices":[],"deep":${deep(100_000, '[', ']')}}`],
    ['as the payload', deep(100_000, '[', ']')],
    ['as choices', `{"choices":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`],
    ['as content', `{"choices":[{"delta":{"content":${deep(100_000, '[', ']')}}}]}`],
    ['that do not end', '['.repeat(100_000)],
  ])('decodes 100,000 levels of nesting %s', (_, payload) => {
    const decoded = decodeChunk(payload);
    if (isLeft(decoded)) expect(decoded.left.message.length).toBeLessThan(200);
    expect(() => decodeChunk(payload)).not.toThrow();
  });

  it('treats prototype keys as names like any other', () => {
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

  it('returns the value itself', () => {
    const value = { choices: [], own: [1] };
    const decoded = decode(value, '');
    expect(isRight(decoded) && decoded.right).toBe(value);
  });

  it.each<[string, (json: unknown, text: string) => Either<SchemaMismatch, unknown>]>([
    ['choices', decode],
    ['data', decodeWith(ModelList)],
  ])('names the missing %s', (field, decodeList) => {
    const text = '{"object":"list"}';
    expect(decodeList(JSON.parse(text), text)).toEqual(
      left(new SchemaMismatch([`${field}: expected array, got nothing`], text, [])),
    );
  });

  it('accepts undefined, which JSON does not have', () => {
    const value = { choices: [], model: undefined };
    expect(isRight(decode(value, ''))).toBe(true);
  });
});
