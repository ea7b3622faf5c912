import fc from 'fast-check';

import { brokenJson } from '../../lib/json/brokenJson';
import { JsonInText, type JsonInTextOptions } from '../../lib/json/JsonInText';
import { JsonReader } from '../../lib/json/JsonReader';
import { inPieces, jsonText, piecesOf } from '../helpers/json';
import { untyped, type Untyped } from '../helpers/untyped';

/** Reads a text in pieces. */
function read(
  pieces: readonly string[],
  options: Partial<JsonInTextOptions<JsonReader<Untyped>>> = {},
): JsonInText<JsonReader<Untyped>> {
  const json = new JsonInText<JsonReader<Untyped>>({
    begin: () => new JsonReader({ shape: untyped }),
    extract: 'lenient',
    openings: '{',
    fits: () => true,
    ...options,
  });
  for (const piece of pieces) json.push(piece);
  json.end();
  return json;
}

const found = '{"a":1}';
const texts: ReadonlyArray<readonly [name: string, text: string]> = [
  ['alone', '{"a":1}'],
  ['after blanks', ' \r\n\t {"a":1}\n'],
  ['after a byte order mark', '\uFEFF{"a":1}'],
  ['in a fence', '```json\n{"a":1}\n```'],
  ['in a fence that names no language', '```\n{"a":1}\n```'],
  ['in a fence with blanks', '  ``` JSON \r\n  {"a":1}\n  ```'],
  ['in a fence of JSON5', '~~~~json5\n{"a":1}\n~~~~'],
  ['in a fence of one line', '```json {"a":1} ```'],
  ['in backticks', '`{"a":1}`'],
  ['after prose', 'Sure! Here it is:\n\n{"a":1}'],
  ['after a footnote', '[1, see below] A source.\n{"a":1}'],
  ['after a time and a footnote in a line', '[10:30] As ["a book", see below]: {"a":1}'],
  ['after prose and in a fence', 'Sure! Here it is:\n```json\n{"a":1}\n```\nAnything else?'],
  ['after a fence of another language', '```bash\n{ echo; }\n{"b":2}\n```\n\n```json\n{"a":1}\n```'],
  [
    'after a fence with much in its first line',
    '```ts title="a very long title, with {braces}, in quotes"\n{"b":2}\n```\n{"a":1}',
  ],
  ['after brackets of another kind', '[1] is a source.\n{"a":1}'],
  ['after brackets in the middle of a line', 'As {"b":2} or [3]:\n{"a":1}'],
  ['after a bracket that is prose', '{note: this is not JSON}\n{"a":1}'],
  ['in doubled brackets', '{{"a":1}}'],
  ['before prose', '{"a":1} And that is it: {"b":2}'],
  ['before another value', '{"a":1}\n{"a":2}'],
  ['in a fence of text', 'Here:\n```text\n{"a":1}\n```\nAnything else?'],
  ['in a fence of a programming language', '```javascript\n{"a":1}\n```'],
  ['in the second of two such fences', '```bash\n{ echo; }\n```\n~~~ python\n{"a":1}\n~~~'],
  ['in a line of prose', 'In {1} and [1] it is {"a":1}. Anything else?'],
  ['between tags', '<answer>{"a":1}</answer>'],
  ['in a list of Markdown', '- {no}\n- {"a":1}'],
  ['in a line of code', '```python\nprint({"a":1})\n```'],
  ['in a fence of text, after brackets in a line', 'As {"b":2} or ["c" and d]:\n```text\n{"a":1}\n```'],
  ['in a fence of text, after a line that begins with a quote', '"Sure", here:\n```text\n{"a":1}\n```'],
  ['in a fence of one line with another language', '```text {"a":1} ```'],
  ['after many things that are not JSON', `${'{no}\n'.repeat(100)}{"a":1}`],
  ['in a fence after as many', '- {no}\n{no}\n'.repeat(50) + '\n```json\n{"a":1}\n```\n{no}'],
];

describe('JSON in a text', () => {
  it.each(texts)('is found %s, however the text is cut', (_, text) => {
    fc.assert(
      fc.property(piecesOf(text), (pieces) => {
        const json = read(pieces);
        expect(json.reader?.value).toEqual({ a: 1 });
        expect(json.text).toBe(found);
        expect(json.done).toBe(true);
      }),
    );
  });

  it.each([
    ['only prose', 'I cannot help with that.'],
    ['nothing', ''],
    ['a value that is not closed', '{"a":1'],
    ['a list, where an object is wanted', '[1]'],
    ['a list in a line, where an object is wanted', 'It is [{"a":1}].'],
    ['a list that is not closed, where an object is wanted', 'It is [{"a":1}'],
    ['code in a fence', '```ts\n{ a(); }\n```'],
    ['nothing but nesting', '{"a":'.repeat(513)],
    ['the parts of a list, where an object is wanted', '[\n{"a":1},\n{"a":2}\n]'],
    ['the parts of a broken list, where an object is wanted', '[\n{"a":1},\n{"a" 2}\n]\n{"a":1}'],
  ])('is not found in %s', (_, text) => {
    fc.assert(
      fc.property(piecesOf(text), (pieces) => {
        const json = read(pieces);
        expect(json.done).toBe(false);
        expect(json.text).toBe(text);
      }),
      { numRuns: 20 },
    );
  });

  it('is the first of any kind that is wanted', () => {
    const text = 'Here:\n[1]\n{"a":1}';
    expect(read([text], { openings: '{[' }).text).toBe('[1]');
    expect(read([text], { openings: '[' }).text).toBe('[1]');
    expect(read([text], { openings: '{' }).text).toBe('{"a":1}');
  });

  it('is any JSON, however it is split and whatever surrounds it', () => {
    fc.assert(
      fc.property(
        inPieces(
          fc
            .tuple(
              fc.constantFrom('', 'Here:\n', '```json\n', '\uFEFF'),
              jsonText,
              fc.constantFrom('', '\n```', ' Yes.'),
            )
            .map((parts) => parts.join('')),
        ),
        ([text, pieces]) => {
          const whole = read([text], { openings: '{[' });
          const json = read(pieces, { openings: '{[' });
          expect([json.done, json.text]).toEqual([whole.done, whole.text]);
          if (json.done)
            expect(JSON.stringify(json.reader?.value)).toBe(JSON.stringify(JSON.parse(json.text)));
        },
      ),
      { numRuns: 500 },
    );
  });

  describe('with values that do not fit', () => {
    const fits = ({ value }: JsonReader<Untyped>): boolean => Reflect.has(value as object, 'a');

    it.each<[string, string, string, Partial<JsonInTextOptions<JsonReader<Untyped>>>?]>([
      ['on a line of its own', '{"b":2}\n{}\n{"a":1}', found],
      ['behind text', '{"b":2} is a draft.\n\n{"a":1}\n{"a":3}', found],
      ['in a fence', '```json\n{"b":2}\n```\nor\n```json\n{"a":1}\n```', found],
      ['in a fence of text', '{"b":2}\n```text\n{"a":1}\n```', found],
      ['in a line of prose', '{"b":2} {"c":3}\nor {"d":4} or {"a":1}', found],
      ['after what is not JSON', '{"b":2}\n{no}\n{"a":1}', found],
      ['not inside of another', '{"b":{"a":1}}', '{"b":{"a":1}}'],
      ['nowhere', '{"b":2}\n{"c":[]} {"d":4}', '{"b":2}'],
      ['nowhere, but in lists', '{"b":2}\n[1, see below]\n[{"a":1}, no]', '{"b":2}'],
      ['nowhere, but broken in a line', '{"b":2} or {"a":1, …}', '{"b":2}'],
      [
        'nowhere, but empty',
        '{"b":2}\n{}',
        '{"b":2}',
        { fits: ({ value }) => JSON.stringify(value) === '{}' },
      ],
    ])('is the first that fits, or else the first: %s', (_, text, expected, options = { fits }) => {
      fc.assert(
        fc.property(piecesOf(text), (pieces) => {
          const json = read(pieces, options);
          expect([json.done, json.text]).toEqual([true, expected]);
          expect(JSON.stringify(json.reader?.value)).toBe(expected);
        }),
        { numRuns: 30 },
      );
    });

    it('shows the first until another begins', () => {
      const json = read([], { fits });
      const shown = ['{"b":2}', ' is\n', '{no', '}\n[1', ', 2', '\n', '{"a":', '1'].map((piece) => {
        json.push(piece);
        return [json.done, json.reader?.value];
      });
      const first = [true, { b: 2 }];
      expect(shown.slice(0, -2)).toEqual(Array(6).fill(first));
      expect(shown.slice(-2)).toEqual(Array(2).fill([false, {}]));
    });
  });

  it.each([
    ['prose', 'Sure: ', '{a:1}', ''],
    ['prose, with a part that is JSON', 'Sure:\n', '{"a":1,}', ''],
    ['a fence', 'Sure:\n```json\n', '{"a":1,}', '\n```\nAnything else?'],
    ['a fence of one line', '```json ', '{"a":1,}', ' ```'],
    ['a fence, with a fence in a string', '~~~\n', '{"a":"\n```js\nx\n```\n"}', '\n~~~'],
    ['nothing, with a fence in a string', '', '{"a":"\n```js\nx\n```\n"}', ''],
    ['a list', '[1] A source.\n', '{"a":1,}', ''],
    ['nothing, and no bracket opens it', '', '"a": 1', ''],
  ])('that is broken is told apart from %s', (_, before, broken, after) => {
    fc.assert(
      fc.property(piecesOf(before + broken + after), (pieces) => {
        const json = read(pieces);
        expect([json.done, brokenJson(json.text, json.start)]).toEqual([false, broken]);
      }),
      { numRuns: 30 },
    );
  });

  it('shows what there is of it, and nothing of what turns out to be prose', () => {
    const json = read([]);
    const shown = ['Well\n', '{"b":', '"x', '\n"\n', '{"a"', ':1}'].map((piece) => {
      json.push(piece);
      return json.reader?.value;
    });
    expect(shown).toEqual([undefined, {}, { b: 'x' }, undefined, {}, { a: 1 }]);
  });

  it.each([
    [
      'a part of it, on a line of its own',
      '{"list":[\n{"a":1},\n{"a":2},\n]}',
      { list: [{ a: 1 }, { a: 2 }] },
    ],
    ['a part behind the error', '{"b":2, c: [\n{"a":1}\n]}', { b: 2 }],
    ['another value behind it', '{"b":2 oh\n{"a":1}', { b: 2 }],
  ])('is not %s, if it is broken, and stays shown as far as it was read', (_, text, value) => {
    fc.assert(
      fc.property(piecesOf(text), (pieces) => {
        const json = read(pieces);
        expect([json.done, json.text, json.reader?.value]).toEqual([false, text, value]);
        expect(json.error).toBeInstanceOf(SyntaxError);
      }),
      { numRuns: 50 },
    );
  });

  it.each(['```json {"a":1}', '`{"a":1}'])('is read before the end of the text: %s', (text) => {
    const begin = (): JsonReader<Untyped> => new JsonReader({ shape: untyped });
    const options = { begin, extract: 'lenient', openings: '{', fits: () => true } as const;
    const json = new JsonInText<JsonReader<Untyped>>(options);
    json.push(text);
    expect(json.done).toBe(true);
  });

  it('is in a fence of another language only if there is none elsewhere', () => {
    expect(read(['```http\n{"b":2}\n```\n', '{"a":1}']).text).toBe(found);
    expect(read(['```http\n{"b":2}\n```\n', 'Sorry.']).text).toBe('{"b":2}');
  });

  it.each([
    ['short lines', '{no}\n'.repeat(5_000)],
    ['nesting', `${'{"a":\n'.repeat(500)}no\n`],
    ['brackets without end', '{'.repeat(5_000)],
    ['long names', `{"${'a'.repeat(1_000)}no\n`.repeat(20)],
  ])('is found in linear time: what is read again of %s has a limit, however the text is cut', (_, text) => {
    fc.assert(
      fc.property(piecesOf(text), (pieces) => {
        const readers: JsonReader<Untyped>[] = [];
        const begin = (): JsonReader<Untyped> => {
          readers.push(new JsonReader({ shape: untyped }));
          return readers.at(-1)!;
        };
        expect(read(pieces, { begin }).done).toBe(false);
        const positions = readers.map(({ position }) => position);
        expect(positions.reduce((sum, position) => sum + position, 0)).toBeLessThan(10 * text.length);
        expect(readers.length).toBeGreaterThanOrEqual(8);
      }),
      { numRuns: 5 },
    );
  });

  it('has the error of the last candidate', () => {
    const json = read(['{no}\n'.repeat(20)]);
    expect(json.error).toEqual(new SyntaxError('unexpected "n" at character 1'));
  });

  it('does not swallow what a hook throws', () => {
    const broken = new Error('a bug');
    const begin = (): JsonReader<Untyped> =>
      new JsonReader<Untyped>({
        shape: untyped,
        onClose: () => {
          throw broken;
        },
      });
    expect(() => read(['{"a":1}'], { begin })).toThrow(broken);
    expect(() => read(['1'], { begin, extract: 'bare' })).toThrow(broken);
  });

  describe('when the complete text has to be JSON', () => {
    it.each([
      ['an object', '{"a":1}', { a: 1 }],
      ['a string', '"a"', 'a'],
      ['a number, which ends with the text', '12', 12],
    ])('is %s', (_, text, value) => {
      const json = read([text.slice(0, 1), text.slice(1)], { extract: 'bare' });
      expect(json.done).toBe(true);
      expect(json.reader?.value).toEqual(value);
      expect(json.text).toBe(text);
    });

    it.each(['Sure!\n{"a":1}', '```json\n{"a":1}\n```', '{a:1}'])('is not %j', (text) => {
      const json = read([text], { extract: 'bare' });
      expect(json.done).toBe(false);
      expect(json.error).toBeInstanceOf(SyntaxError);
      expect(json.text).toBe(text);
      expect(brokenJson(json.text, json.start)).toBe(text);
    });
  });
});
