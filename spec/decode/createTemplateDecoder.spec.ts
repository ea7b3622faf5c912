import fc from 'fast-check';
import { isLeft, isRight } from 'fp-ts/Either';

import { createTemplateDecoder } from '../../lib/decode/createTemplateDecoder';
import { decodeChunk } from '../../lib/decode/decode';
import { recordings } from '../helpers/recordings';

/** What a decoder says, with the order of all fields: two values that print alike are the same. */
const print = (payload: string, decode: (payload: string) => ReturnType<typeof decodeChunk>): string => {
  const decoded = decode(payload);
  return isRight(decoded) ? JSON.stringify(decoded.right) : `${decoded.left._tag}: ${decoded.left.message}`;
};

/** Says of each payload what parsing it by itself says, whatever came before it. */
function expectSame(payloads: readonly string[]): void {
  const decode = createTemplateDecoder();
  for (const payload of payloads) expect(print(payload, decode)).toBe(print(payload, decodeChunk));
}

/** How many payloads of a stream are parsed as a whole. */
function parses(payloads: readonly string[]): number {
  const decode = createTemplateDecoder();
  const parse = jest.spyOn(JSON, 'parse');
  try {
    for (const payload of payloads) decode(payload);
    return parse.mock.calls.filter(([text]) => text.startsWith('{')).length;
  } finally {
    parse.mockRestore();
  }
}

const payloadOf = (text: string, field = 'content'): string =>
  `{"id":"c1","choices":[{"index":0,"delta":{"${field}":${JSON.stringify(text)}},"finish_reason":null}]}`;
const toolPayloadOf = (text: string): string =>
  `{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":${JSON.stringify(text)}}}]}}]}`;

describe('createTemplateDecoder', () => {
  it.each(['content', 'reasoning', 'reasoning_content'])(
    'does not parse again what only differs in its %s',
    (field) => {
      const texts = Array.from({ length: 100 }, (_, i) => `word ${i}`);
      const payloads = texts.map((text) => payloadOf(text, field));
      expectSame(payloads);
      // Two to see what they have in common, one with the probe.
      expect(parses(payloads)).toBe(3);
    },
  );

  it('does not parse again what only differs in a piece of arguments', () => {
    const payloads = Array.from({ length: 100 }, (_, i) => toolPayloadOf(`{"n":${i}`));
    expectSame(payloads);
    expect(parses(payloads)).toBe(3);
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
  ])('is not taken in by %s where the text should be', (_, inside) => {
    const [before = '', behind = ''] = payloadOf('@').split('@');
    expectSame([payloadOf('a'), payloadOf('b'), payloadOf('c'), before + inside + behind, payloadOf('d')]);
  });

  it('notices that the name of the field stands elsewhere too', () => {
    const twice = (text: string): string =>
      `{"x":{"content":"y"},"choices":[{"delta":{"content":${JSON.stringify(text)}}}]}`;
    expectSame(['a', 'b', 'c', 'd'].map(twice));
    const meant = (text: string): string =>
      `{"x":{"content":${JSON.stringify(text)}},"choices":[{"delta":{"content":"y"}}]}`;
    expectSame(['a', 'b', 'c', 'd'].map(meant));
  });

  it('notices that the field is there twice', () => {
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

  it('finds its way back in a stream that was unlike for long', () => {
    const unlike = Array.from({ length: 100 }, (_, i) => payloadOf('word').replace('c1', `c${i}`));
    // As where a server puts the second in.
    const alike = Array.from({ length: 300 }, (_, i) =>
      payloadOf('word').replace('c1', `s${Math.floor(i / 10)}`),
    );
    expectSame([...unlike, ...alike]);
    expect(parses([...unlike, ...alike])).toBeLessThan(unlike.length + alike.length / 2);
  });

  it('keeps the chunks it gave apart', () => {
    const decode = createTemplateDecoder();
    const chunks = ['a', 'b', 'c', 'd'].map((text) => decode(payloadOf(text)));
    expect(chunks.map((chunk) => (isLeft(chunk) ? chunk : chunk.right.choices?.[0]?.delta?.content))).toEqual(
      ['a', 'b', 'c', 'd'],
    );
  });

  it('pollutes nothing with a __proto__ among the fields', () => {
    const odd = (text: string): string =>
      `{"__proto__":{"bad":1},"choices":[{"__proto__":{"bad":1},"delta":{"__proto__":{"bad":1},"content":"${text}"}}]}`;
    expectSame(['a', 'b', 'c', 'd'].map(odd));
    expect(({} as { bad?: unknown }).bad).toBeUndefined();
  });

  it('says the same of every recorded payload, in order and in reverse', () => {
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

  it('says the same of payloads that are nearly alike', () => {
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
});
