import { deepStrictEqual } from 'node:assert';

import fc from 'fast-check';

import { JsonReader } from '../../lib/json/JsonReader';
import type { Closed } from '../../lib/json/JsonTree';
import { NOTHING } from '../../lib/json/Shape';
import { brokenJson, deepFreeze, goesOnFrom, inPieces, jsonText, piecesOf } from '../helpers/json';
import { untyped, type Untyped } from '../helpers/untyped';

const begin = (onClose?: (closed: Closed<Untyped>) => void): JsonReader<Untyped> =>
  new JsonReader({ shape: untyped, ...(onClose && { onClose }) });

/** Reads a text in pieces as `JSON.parse` would read it at once. */
function read(pieces: readonly string[], reader = begin()): unknown {
  let rest = '';
  for (const piece of pieces) rest += piece.slice(reader.push(piece));
  reader.end();
  if (/[^ \t\r\n]/.test(rest)) throw new SyntaxError(`behind the value: ${rest}`);
  return reader.value;
}

/** The value after each piece. */
function snapshotsOf(pieces: readonly string[], reader = begin()): readonly unknown[] {
  return pieces.map((piece) => {
    reader.push(piece);
    return reader.value;
  });
}

const parsed = (text: string): { readonly value?: unknown } => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return {};
  }
};

describe('a reader of JSON', () => {
  it('returns the value of JSON.parse, however the text is split', () => {
    fc.assert(
      fc.property(inPieces(jsonText), ([text, pieces]) => {
        const value = read(pieces);
        deepStrictEqual(value, JSON.parse(text));
        expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('returns the character of each escape, however the text is split', () => {
    const text = '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00E9\\u00e9"';
    fc.assert(fc.property(piecesOf(text), (pieces) => expect(read(pieces)).toBe('"\\/\b\f\n\r\téé')));
  });

  it('throws where JSON.parse throws, however the text is split', () => {
    let refused = 0;
    fc.assert(
      fc.property(inPieces(brokenJson), ([text, pieces]) => {
        const expected = parsed(text);
        if ('value' in expected) {
          deepStrictEqual(read(pieces), expected.value);
        } else {
          refused += 1;
          expect(() => read(pieces)).toThrow(SyntaxError);
        }
      }),
      { numRuns: 3_000 },
    );
    expect(refused).toBeGreaterThan(1_000);
  });

  it('returns snapshots that never change', () => {
    fc.assert(
      fc.property(inPieces(jsonText), ([, pieces]) => {
        const reader = begin();
        const taken = pieces.map((piece) => {
          reader.push(piece);
          return { snapshot: reader.value, then: JSON.stringify(reader.value) };
        });
        for (const { snapshot, then } of taken) expect(JSON.stringify(snapshot)).toBe(then);
      }),
    );
  });

  it('never mutates a snapshot', () => {
    fc.assert(
      fc.property(inPieces(jsonText), ([text, pieces]) => {
        const reader = begin();
        for (const piece of pieces) {
          reader.push(piece);
          deepFreeze(reader.value);
        }
        reader.end();
        deepStrictEqual(reader.value, JSON.parse(text));
      }),
    );
  });

  it('returns snapshots that each extend the previous one', () => {
    fc.assert(
      fc.property(inPieces(jsonText), ([, pieces]) => {
        const snapshots = snapshotsOf(pieces);
        snapshots.forEach((snapshot, i) => {
          if (i > 0) expect(goesOnFrom(snapshots[i - 1], snapshot)).toBe(true);
        });
      }),
    );
  });

  it('keeps closed values the same objects', () => {
    fc.assert(
      fc.property(inPieces(jsonText), ([, pieces]) => {
        const closed: Array<readonly [path: ReadonlyArray<string | number>, value: unknown]> = [];
        const reader = begin(({ value, path }) => {
          if (typeof value === 'object') closed.push([path(), value]);
        });
        for (const piece of pieces) {
          reader.push(piece);
          const snapshot = reader.value;
          for (const [path, value] of closed) expect(at(snapshot, path)).toBe(value);
        }
      }),
    );
  });

  it.each([
    ['blanks', '{"a":[1,', ' \n\t'],
    ['a name', '{"a":1,', '"b'],
    ['a name and its colon', '{"a":1,', '"b":'],
    ['the digits of a number', '[1,', '234'],
    ['half a word', '[1,', 'tru'],
    ['half an escape', '["a', '\\u00'],
    ['half a character', '["a', '\ud83d'],
    ['half a character, escaped', '["a', '\\ud83d'],
    ['the end of a string', '["a', '"'],
    ['the end of a list', '{"a":[[],"b"', ' ]'],
    ['the end of all', '{"a":{"b":"c', '"}}'],
  ])('returns the same object after %s', (_, before, more) => {
    const reader = begin();
    reader.push(before);
    const { value } = reader;
    reader.push(more);
    expect(reader.value).toBe(value);
  });

  it.each<readonly [string, readonly unknown[]]>([
    ['{"name":"Ada","born":1815}', [{}, { name: '' }, { name: 'Ada' }, { name: 'Ada', born: 1815 }]],
    ['["\u{10000}\u{10ffff}"]', [[], [''], ['\u{10000}'], ['\u{10000}\u{10ffff}']]],
    ['[[],{"a":[]}]', [[], [[]], [[], {}], [[], { a: [] }]]],
    ['"Hi"', ['', 'H', 'Hi']],
    ['{"__proto__":{"a":1}}', [{}, fields('__proto__', {}), fields('__proto__', { a: 1 })]],
    ['{"a":1,"b":2,"a":3}', [{}, { a: 1 }, { a: 1, b: 2 }, { a: 3, b: 2 }]],
    ['1E400 ', [Infinity]],
  ])('shows %s as it is written', (text, expected) => {
    const snapshots = [...new Set(snapshotsOf([...Array(text.length).keys()].map((i) => text[i] as string)))];
    expect(snapshots.filter((snapshot) => snapshot !== undefined)).toEqual(
      expect.arrayContaining([...expected]),
    );
    expect(snapshots.at(-1)).toStrictEqual(expected.at(-1));
  });

  it('shows only complete numbers and literals', () => {
    expect(snapshotsOf(['[18', '15', ',tr', 'ue', ']'])).toEqual([[], [], [1815], [1815], [1815, true]]);
  });

  it('holds half a character back until the other half arrives', () => {
    expect(snapshotsOf(['["a\ud83d', '\ude42b\\ud83d', '\\ude42"]'])).toEqual([['a'], ['a🙂b'], ['a🙂b🙂']]);
    expect(snapshotsOf(['["\ud83d', '"]'])).toEqual([[''], ['\ud83d']]);
  });

  it('reads to the end of the value, and reports its length', () => {
    const reader = begin();
    expect(reader.push(' {"a"')).toBe(5);
    expect(reader.done).toBe(false);
    expect(reader.push(':1}{"a":2}')).toBe(3);
    expect(reader.done).toBe(true);
    expect(reader.push('{"a":2}')).toBe(0);
    expect(reader.value).toEqual({ a: 1 });
  });

  it('throws at values that are nested too deep', () => {
    const reader = begin();
    expect(reader.push('['.repeat(512))).toBe(512);
    reader.push('1');
    expect(() => reader.push(',[')).toThrow(new RangeError('nested deeper than 512 at character 514'));
  });

  it('names the unexpected character and its place', () => {
    const reader = begin();
    reader.push('{"a":');
    expect(() => reader.push('1,}')).toThrow(new SyntaxError('unexpected "}" at character 7'));
    expect(reader.error).toEqual(new SyntaxError('unexpected "}" at character 7'));
    expect(() => begin().push('{"born":18th ')).toThrow('unexpected "18th" at character 12');
    expect(() => begin().push('[1_000]')).toThrow('unexpected "_" at character 2');
    expect(() => begin().push('"\\x"')).toThrow('unexpected "x" at character 2');
    expect(() => begin().push('"\\u00g0"')).toThrow('unexpected "g" at character 5');
    expect(() => begin().end()).toThrow('unexpected end at character 0');
    expect(reader.value).toEqual({ a: 1 });
  });

  it('reports each value that closes, after its parts', () => {
    const closed: unknown[] = [];
    const reader = begin(({ value, path }) => closed.push([path().join('/'), value]));
    reader.push('{"a":[1,{"b":"x"}],"c":null}');
    expect(closed).toEqual([
      ['a/0', 1],
      ['a/1/b', 'x'],
      ['a/1', { b: 'x' }],
      ['a', [1, { b: 'x' }]],
      ['c', null],
      ['', { a: [1, { b: 'x' }], c: null }],
    ]);
  });

  describe('with a shape', () => {
    const hidden: Untyped = { ...untyped, opens: () => false, show: () => NOTHING };
    const one: Untyped = { ...untyped, show: (value) => (value === 1 ? value : NOTHING) };
    const shape: Untyped = {
      ...untyped,
      field: (name) => (name === 'twice' ? one : name === 'x' ? hidden : untyped),
      after: () => shape,
    };
    const snapshots = (text: string): unknown =>
      snapshotsOf([text.slice(0, -1), text.slice(-1)], new JsonReader({ shape })).at(-1);

    it.each([
      ['a leaf', '{"a":1,"x":2,"b":3}', { a: 1, b: 3 }],
      ['a container', '{"a":1,"x":{"b":[2]},"c":3}', { a: 1, c: 3 }],
      ['a field of which only an earlier value does', '{"a":1,"twice":1,"twice":2}', { a: 1 }],
    ])('leaves out %s that does not fit', (_, text, expected) => {
      expect(snapshots(text)).toEqual(expected);
    });

    it('leaves out a root that does not fit', () => {
      const reader = new JsonReader({ shape: hidden });
      expect(snapshotsOf(['{"a"', ':1}'], reader)).toEqual([undefined, undefined]);
      expect(reader.done).toBe(true);
    });

    it('removes an earlier value of a field whose last one does not fit', () => {
      expect(snapshotsOf(['{"twice":1', ',', '"twice":2', '}'], new JsonReader({ shape }))).toEqual([
        {},
        { twice: 1 },
        { twice: 1 },
        {},
      ]);
    });

    it('leaves out the items that do not fit', () => {
      const odd: Untyped = { ...untyped, item: (index) => (index % 2 === 1 ? hidden : untyped) };
      expect(read(['[0,1,"a","b",', '[],[]]'], new JsonReader({ shape: odd }))).toEqual([0, 'a', []]);
    });

    it('shows a container that fits once it is closed', () => {
      const whole: Untyped = { ...untyped, item: () => ({ ...untyped, opens: () => false }) };
      const reader = new JsonReader({ shape: whole });
      expect(snapshotsOf(['[{"a":', '1', '}', ']'], reader)).toEqual([[], [], [{ a: 1 }], [{ a: 1 }]]);
    });

    it('keeps no old copy of the content of a hidden container', () => {
      const whole: Untyped = { ...untyped, item: () => ({ ...untyped, opens: () => false }) };
      const reader = new JsonReader({ shape: whole });
      expect(snapshotsOf(['[{"a":{"b":"x', '","c":', '1,"d":2}', '}'], reader).at(-1)).toEqual([
        { a: { b: 'x', c: 1, d: 2 } },
      ]);
    });

    it('shows a string that does not grow once it is closed', () => {
      const atomic: Untyped = { ...untyped, item: () => ({ ...untyped, grows: false }) };
      const reader = new JsonReader({ shape: atomic });
      expect(snapshotsOf(['["a', 'b', '"', ']'], reader)).toEqual([[], [], ['ab'], ['ab']]);
    });

    it('reports the fields of an object as they close', () => {
      const told: unknown[] = [];
      const noting: Untyped = {
        ...untyped,
        after: (name, value) => {
          told.push([name, value]);
          return noting;
        },
      };
      read(['{"a":1,"b":{"c":2},"d":[3]}'], new JsonReader({ shape: noting }));
      expect(told).toEqual([
        ['a', 1],
        ['b', { c: 2 }],
        ['d', [3]],
      ]);
    });
  });

  describe('affords', () => {
    /** Number of items that all snapshots have copied, and number of snapshots. */
    const costsOf = (pieces: readonly string[]): { copied: number; taken: number; characters: number } => {
      const reader = begin();
      let copied = 0;
      let taken = 0;
      let before: unknown;
      for (const piece of pieces) {
        reader.push(piece);
        if (!reader.affordable || reader.value === before) continue;
        before = reader.value;
        taken += 1;
        if (!reader.done) copied += Object.keys(before as object).length;
      }
      return { copied, taken, characters: pieces.join('').length };
    };

    it('a snapshot after each delta of a usual object', () => {
      const pieces = JSON.stringify({
        people: Array.from({ length: 20 }, (_, i) => ({ name: `n${i}`, tags: ['a'] })),
      }).match(/.{1,8}/g) as string[];
      const reader = begin();
      for (const piece of pieces) {
        reader.push(piece);
        expect(reader.affordable).toBe(true);
        expect(reader.value).toBeDefined();
      }
    });

    it.each([
      ['a long flat list', (n: number) => Array.from({ length: n }, (_, i) => i)],
      [
        'an object of many keys',
        (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, i])),
      ],
    ])('no more copies of %s than its text pays for', (_, make) => {
      const pieces = JSON.stringify(make(5_000)).match(/.{1,7}/g) as string[];
      const { copied, taken, characters } = costsOf(pieces);
      expect(copied).toBeLessThan(16 * characters);
      expect(taken).toBeGreaterThan(20);
      expect(taken).toBeLessThan(pieces.length);
    });
  });
});

function fields(name: string, value: unknown): object {
  return Object.fromEntries([[name, value]]);
}

function at(value: unknown, path: ReadonlyArray<string | number>): unknown {
  return path.reduce<unknown>((part, key) => Reflect.get(part as object, key) as unknown, value);
}
