import fc from 'fast-check';
import { isLeft, isRight, right } from 'fp-ts/Either';

import { decodeChunk } from '../../lib/decode/decode';
import { TemplateDecoder } from '../../lib/decode/TemplateDecoder';
import { rawOf } from '../../lib/codec/raw';
import { recordings } from '../helpers/recordings';

/** Returns the result of a decoder with the order of all fields, and the raw value. */
const print = (payload: string, decode: typeof decodeChunk): string => {
  const decoded = decode(payload);
  return isRight(decoded)
    ? JSON.stringify([decoded.right, rawOf(decoded.right)])
    : `${decoded.left._tag}: ${decoded.left.message}`;
};

/** Returns a function that decodes the payloads of one stream: parses each that differs in more than a few fields, and learns it. */
function decodeStream(): typeof decodeChunk {
  const decoder = new TemplateDecoder();
  return (payload) => {
    const chunk = decoder.decode(payload);
    if (chunk !== undefined) return right(chunk);
    const decoded = decodeChunk(payload);
    if (isRight(decoded)) decoder.learn(payload, decoded.right);
    return decoded;
  };
}

/** Expects the result of decodeChunk for each payload, whatever precedes it. */
function expectSame(payloads: readonly string[]): void {
  const decode = decodeStream();
  for (const payload of payloads) expect(print(payload, decode)).toBe(print(payload, decodeChunk));
}

/** Returns the number of payloads of a stream that are parsed. */
function parses(payloads: readonly string[]): number {
  const decode = decodeStream();
  const parse = jest.spyOn(JSON, 'parse');
  try {
    payloads.forEach(decode);
    return parse.mock.calls.filter(([text]) => text.startsWith('{')).length;
  } finally {
    parse.mockRestore();
  }
}

const payloadOf = (text: string, field = 'content'): string =>
  `{"id":"c1","choices":[{"index":0,"delta":{"${field}":${JSON.stringify(text)}},"finish_reason":null}]}`;
const toolPayloadOf = (text: string): string =>
  `{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":${JSON.stringify(text)}}}]}}]}`;

describe('TemplateDecoder', () => {
  it.each(['content', 'reasoning', 'reasoning_content'])(
    'does not parse payloads that differ in their %s only',
    (field) => {
      const texts = Array.from({ length: 100 }, (_, i) => `word ${i}`);
      const payloads = texts.map((text) => payloadOf(text, field));
      expectSame(payloads);
      // Two to compare.
      expect(parses(payloads)).toBe(2);
    },
  );

  it('does not parse payloads that differ in a fragment of arguments only', () => {
    const payloads = Array.from({ length: 100 }, (_, i) => toolPayloadOf(`{"n":${i}`));
    expectSame(payloads);
    expect(parses(payloads)).toBe(2);
  });

  it.each<[string, (i: number) => string]>([
    ['their id', (i) => `{"id":"c${i}",@}`],
    ['their time', (i) => `{"created":${1_762_435_678 + i},@}`],
    ['their padding', (i) => `{@,"obfuscation":"${'x'.repeat(i % 7)}y${i}"}`],
    ["Mistral's padding", (i) => `{@,"p":"p${i}"}`],
    [
      'all of them',
      (i) => `{"created": ${1_762_435_678 + i}, "id":"c\\"${i}",@,"p":"${i}","obfuscation":"${i}"}`,
    ],
  ])('does not parse payloads that differ in their text and %s', (_, frame) => {
    const payloads = Array.from({ length: 100 }, (_, i) => {
      const choices = `"choices":[{"index":0,"delta":{"content":"word ${i}"},"finish_reason":null}]`;
      return frame(i).replace('@', () => choices);
    });
    expectSame(payloads);
    expect(parses(payloads)).toBe(2);
  });

  it('does not parse payloads that repeat their reasoning in its details', () => {
    const payloads = Array.from(
      { length: 100 },
      (_, i) =>
        `{"choices":[{"delta":{"reasoning":"word ${i}","reasoning_details":[{"type":"reasoning.text","text":"word ${i}"}]}}]}`,
    );
    expectSame(payloads);
    expect(parses(payloads)).toBe(2);
  });

  it('does not parse payloads that are equal', () => {
    const payloads = Array.from({ length: 100 }, () => '{"choices":[{"index":0,"delta":{}}]}');
    expectSame(payloads);
    expect(parses(payloads)).toBe(2);
  });

  it('parses once a payload with other fields in the place of the text', () => {
    const payloads = ['a', 'b', 'c", "role":"assistant', 'd'].map((inside) =>
      payloadOf('@').replace('@', () => inside),
    );
    const parse = jest.spyOn(JSON, 'parse');
    payloads.forEach(decodeStream());
    expect(parse.mock.results.filter(({ type }) => type === 'throw')).toHaveLength(0);
    parse.mockRestore();
  });

  it('reads escapes, and text in any alphabet', () => {
    expectSame(
      ['a', 'b', '"', '\\', '\n', '\u0000', 'é', '日本', '🌊', '\ud83c', '\\"', '', ' "}', 'c'].map((t) =>
        payloadOf(t),
      ),
    );
  });

  it.each([
    ['a bare quote', 'x"y'],
    ['another field', 'x","role":"assistant'],
    ['the end of the object', 'x"}}]}'],
    ['a control character', 'x\ny'],
    ['half an escape', 'x\\'],
    ['a bad escape', 'x\\q'],
    ['a bad code point', 'x\\u12'],
    ['an escaped quote', 'x\\"y'],
    ['an escaped backslash', 'x\\\\'],
    ['an escaped code point', 'x\\u0041'],
  ])('decodes %s in the place of the text', (_, inside) => {
    const [before = '', behind = ''] = payloadOf('@').split('@');
    expectSame([payloadOf('a'), payloadOf('b'), payloadOf('c'), before + inside + behind, payloadOf('d')]);
  });

  it('detects the name of the field in another place', () => {
    const twice = (text: string): string =>
      `{"x":{"content":"y"},"choices":[{"delta":{"content":${JSON.stringify(text)}}}]}`;
    expectSame(['a', 'b', 'c', 'd'].map(twice));
    const meant = (text: string): string =>
      `{"x":{"content":${JSON.stringify(text)}},"choices":[{"delta":{"content":"y"}}]}`;
    expectSame(['a', 'b', 'c', 'd'].map(meant));
    const both = (text: string): string =>
      `{"x":{"content":"${text}"},"choices":[{"delta":{"content":"${text}"}}]}`;
    expectSame(['a', 'b', 'c', 'd'].map(both));
    const key = (text: string): string =>
      `{"x":{"content":{"${text}":1}},"choices":[{"delta":{"content":"${text}"}}]}`;
    expectSame(['a', 'b', 'c', 'd'].map(key));
  });

  it('detects a repeated field', () => {
    const first = (text: string): string => `{"choices":[{"delta":{"content":"${text}","content":"z"}}]}`;
    const second = (text: string): string => `{"choices":[{"delta":{"content":"z","content":"${text}"}}]}`;
    expectSame(['a', 'b', 'c', 'd'].map(first));
    expectSame(['a', 'b', 'c', 'd'].map(second));
  });

  it('follows a stream whose other fields change', () => {
    const payloads = ['a', 'b', 'c', 'd', 'e', 'f'].map((text, i) =>
      payloadOf(text).replace('c1', `c${i >> 1}`),
    );
    expectSame([...payloads, '{"choices":[]}', '{', '5', ...payloads]);
  });

  it('compiles a template after many payloads that differ', () => {
    const modelled = (model: string): string => payloadOf('word').replace('"id"', `"model":"${model}","id"`);
    const unlike = Array.from({ length: 100 }, (_, i) => modelled(`c${i}`));
    const alike = Array.from({ length: 300 }, (_, i) => modelled(`s${Math.floor(i / 10)}`));
    expectSame([...unlike, ...alike]);
    expect(parses([...unlike, ...alike])).toBeLessThan(unlike.length + alike.length / 2);
  });

  it.each<[string, (text: string) => string]>([
    ['a side field that does not fit', (text) => payloadOf(text).replace('"c1"', '1')],
    ['a coerced index', (text) => payloadOf(text).replace('"index":0', '"index":"0"')],
    [
      'a coerced token of another field',
      (text) => payloadOf(text).replace('"delta":{', '"delta":{"reasoning":5,'),
    ],
    ['a choice without its list', (text) => payloadOf(text).replace('[', '').replace(']', '')],
    [
      'one call without a list',
      (text) =>
        toolPayloadOf(text).replace(':[{"index":0,"function', ':{"index":0,"function').replace('}]}}', '}}}'),
    ],
  ])('returns the same for payloads with %s', (_, payload) => {
    expectSame(['a', 'b', 'c', 'd', '"', 'e'].map(payload));
  });

  it('returns the same where empty arguments are replaced by parameters', () => {
    const odd = (text: string): string =>
      toolPayloadOf(text).replace('{"arguments"', '{"parameters":{"q":1},"arguments"');
    expectSame(['a', 'b', 'c', '', 'd'].map(odd));
  });

  it('parses payloads with a misfit once each', () => {
    const payloads = Array.from({ length: 200 }, (_, i) => payloadOf(`word ${i}`).replace('"c1"', '1'));
    expectSame(payloads);
    expect(parses(payloads)).toBe(payloads.length);
  });

  it('returns the same for a numeric token between others', () => {
    expectSame(
      ['a', 'b', 'c']
        .map((text) => payloadOf(text))
        .concat('{"choices":[{"index":0,"delta":{"content":5}}]}', payloadOf('d')),
    );
  });

  it('returns separate chunks', () => {
    const chunks = ['a', 'b', 'c', 'd'].map((text) => payloadOf(text)).map(decodeStream());
    expect(chunks.map((chunk) => (isLeft(chunk) ? chunk : chunk.right.choices?.[0]?.delta?.content))).toEqual(
      ['a', 'b', 'c', 'd'],
    );
  });

  it('treats __proto__ as a field like any other', () => {
    const odd = (text: string): string =>
      `{"__proto__":{"bad":1},"choices":[{"__proto__":{"bad":1},"delta":{"__proto__":{"bad":1},"content":"${text}"}}]}`;
    expectSame(['a', 'b', 'c', 'd'].map(odd));
    expect(({} as { bad?: unknown }).bad).toBeUndefined();
  });

  it('returns the same for every recorded payload, in order and in reverse', () => {
    const payloads = recordings
      .filter(({ kind }) => kind === 'stream')
      .map(({ body }) =>
        new TextDecoder()
          .decode(body)
          .split(/\r\n|\r|\n/)
          .flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trim()] : [])),
      );
    expect(payloads.length).toBeGreaterThan(0);
    for (const stream of payloads) {
      expectSame(stream);
      expectSame([...stream].reverse());
    }
  });

  it('returns the same for payloads that are nearly equal', () => {
    const inside = fc.array(
      fc.constantFrom(
        'a',
        '"',
        '\\',
        '\\"',
        '\\\\',
        '\\n',
        '\n',
        'é',
        '"content":"',
        '","',
        '"}',
        '{',
        '\\u0041',
        '\\u',
      ),
      { maxLength: 4 },
    );
    const frame = fc.constantFrom(
      '{"choices":[{"delta":{"content":"@"}}]}',
      '{"choices":[{"delta":{"content":"@"}}],"x":"@"}',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(frame, inside), { maxLength: 12 }), (payloads) => {
        expectSame(payloads.map(([text, pieces]) => text.replaceAll('@', () => pieces.join(''))));
      }),
    );
  });

  it('returns the same for payloads whose side fields are nearly equal', () => {
    const id = fc.constantFrom('"a"', '"b"', '"c\\""', '"\\"', '"é"', '""', 'null', '5', '"a","id":"b"');
    const time = fc.constantFrom(
      ...['1', '2', '17', '017', '0', '-1', '1.5', '1e3', '2e', ' 3', '"4"', 'null', '123456789012345678'],
    );
    const padding = fc.constantFrom('"x"', '"yz"', '"x"y"', '"\n"', 'null', '"","created":3', '{"id":"q"}');
    const frame = fc.constantFrom(
      '{"id":#,"created":$,"choices":[{"delta":{"content":"@"}}],"obfuscation":%}',
      '{"id":#,"created":$,"choices":[{"delta":{"content":"@"}}],"p":%}',
      '{"choices":[{"delta":{"content":"@"},"id":#,"created":$}],"obfuscation":%,"id":"z"}',
      '{"choices":[{"delta":{"reasoning":"@","reasoning_details":[{"text":%,"id":#}]}}]}',
      '{"choices":[{"delta":{"reasoning_details":[{"text":"@","index":$},{"text":%}],"reasoning_content":"@"}}]}',
      '{"obfuscation":%,"choices":[{"delta":{"tool_calls":[{"id":#,"function":{"arguments":"@"}}]}}],"created":$,"id":#}',
    );
    const text = fc.constantFrom('a', 'b', '\\"', '');
    const payload = fc.record({ frame, text, id, time, padding }).map((of) =>
      of.frame
        .replaceAll('#', () => of.id)
        .replaceAll('$', () => of.time)
        .replaceAll('%', () => of.padding)
        .replaceAll('@', () => of.text),
    );
    fc.assert(fc.property(fc.array(payload, { maxLength: 12 }), expectSame), { numRuns: 500 });
  });

  it('returns the same for fields of the same names and values in several places', () => {
    const value = fc.constantFrom('"a"', '"b"', '"\\u0061"', '""', 'null', '["a"]', '{"a":"b"}', '7', '8');
    const name = fc.constantFrom('content', 'reasoning', 'text', 'id', 'created', 'p', 'x\\"id', '\\u0069d');
    const fields = fc.array(fc.tuple(name, fc.nat(1)), { maxLength: 4 });
    const frame = fc.tuple(fields, fields, fields).map((all) => (values: readonly string[]) => {
      const [chunk, delta, detail] = all.map((names) =>
        names.map(([field, nth]) => `"${field}":${values[nth] ?? '0'}`),
      ) as [string[], string[], string[]];
      const deltas = [...delta, `"reasoning_details":[{${detail.join()}}]`];
      return `{${[...chunk, `"choices":[{"delta":{${deltas.join()}}}]`, ...chunk].join()}}`;
    });
    fc.assert(
      fc.property(frame, fc.array(fc.array(value, { minLength: 2, maxLength: 2 })), (payload, values) => {
        expectSame(values.map(payload));
      }),
      { numRuns: 1_000 },
    );
  });

  it('returns the same for payloads of one kind with other values', () => {
    const values = fc.record({
      string: fc.constantFrom('a', 'b', 'c\\"', '"', '\\', '\n', ''),
      number: fc.constantFrom('1', '2', '03', '4.5', '5 ', '6e1', '1234567890123456'),
    });
    fc.assert(
      fc.property(fc.array(values, { maxLength: 12 }), (payloads) => {
        expectSame(
          payloads.map(
            ({ string, number }) =>
              `{"id":"${string}","created":${number},"choices":[{"delta":{"content":"${string}"}}],"p":"${string}"}`,
          ),
        );
      }),
      { numRuns: 500 },
    );
  });
});
