import { deepStrictEqual } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { runInNewContext } from 'node:vm';

import fc from 'fast-check';

import { assertMarbles } from '../../../lib/testing/marbles/assertMarbles';
import { diff } from '../../../lib/testing/marbles/diff';

class Started {
  run(): void {}
}
class Stopped {
  run(): void {}
}
class Point {
  constructor(readonly x: number) {}
}
class Money {
  readonly #amount: number;
  constructor(amount: number) {
    this.#amount = amount;
  }
  get amount(): number {
    return this.#amount;
  }
}
class Amount {
  readonly #amount: number;
  constructor(amount: number) {
    this.#amount = amount;
  }
  valueOf(): number {
    return this.#amount;
  }
}
class Deadline extends Date {
  readonly [Symbol.toStringTag] = 'Deadline';
}
class Cart {
  readonly #items: readonly unknown[];
  constructor(...items: readonly unknown[]) {
    this.#items = items;
  }
  get items(): readonly unknown[] {
    return this.#items;
  }
}
class OwnMap {
  readonly [Symbol.toStringTag] = 'Map';
  constructor(readonly x: number) {}
}
/** A value of another realm, as `structuredClone` returns it in Jest. */
const foreign = (source: string): unknown => runInNewContext(source) as unknown;
const setOfItself = (item: unknown): Set<unknown> => {
  const set = new Set([item]);
  return set.add(set);
};
const mapOfItself = (item: unknown): Map<unknown, unknown> => {
  const map = new Map<unknown, unknown>();
  return map.set({ map }, item);
};
class Tagged {
  readonly [Symbol.toStringTag] = 'Tagged';
}
class Bytes extends Uint8Array {}
const sameName = (): object =>
  new (class Started {
    run(): void {}
  })();

const MARK = Symbol('mark');
const noop = (): void => undefined;
const bytes = (...values: readonly number[]): Uint8Array<ArrayBuffer> => new Uint8Array(values);

/** Pairs that `deepStrictEqual` distinguishes. */
const different: readonly (readonly [name: string, actual: unknown, expected: unknown])[] = [
  ['URLs', new URL('http://a/'), new URL('http://b/')],
  ['ArrayBuffers', bytes(1).buffer, bytes(2).buffer],
  ['ArrayBuffers of different lengths', bytes(1).buffer, bytes(1, 0).buffer],
  ['SharedArrayBuffers', new SharedArrayBuffer(1), new SharedArrayBuffer(2)],
  ['DataViews', new DataView(bytes(1).buffer), new DataView(bytes(2).buffer)],
  ['typed arrays', new Uint16Array([1, 2]), new Uint16Array([1, 3])],
  ['floats', new Float64Array([0]), new Float64Array([-0])],
  ['typed arrays of different types', new Uint8Array([1]), new Int8Array([1])],
  ['a typed array and an array', new Uint8Array([1]), [1]],
  ['a typed array and a subclass', bytes(1), new Bytes([1])],
  ['fields of typed arrays', Object.assign(bytes(1), { a: 1 }), Object.assign(bytes(1), { a: 2 })],
  ['boxed numbers', Object(1), Object(2)],
  ['boxed strings', Object('a'), Object('b')],
  ['boxed booleans', Object(true), Object(false)],
  ['boxed bigints', Object(1n), Object(2n)],
  ['boxed symbols', Object(MARK), Object(Symbol('mark'))],
  ['a boxed number and a number', Object(1), 1],
  ['fields of boxed numbers', Object.assign(Object(1), { a: 1 }), Object.assign(Object(1), { a: 2 })],
  ['dates', new Date(1), new Date(2)],
  ['dates with a tag of their own', new Deadline(1), new Deadline(2)],
  ['fields of dates', Object.assign(new Date(1), { a: 1 }), new Date(1)],
  ['regular expressions', /a/, /b/],
  ['flags', /a/g, /a/u],
  ['fields of regular expressions', Object.assign(/a/, { a: 1 }), /a/],
  ['maps', new Map([['a', 1]]), new Map([['a', 2]])],
  ['keys of maps', new Map([['a', undefined]]), new Map([['b', undefined]])],
  ['object keys of maps', new Map([[{ a: 1 }, 1]]), new Map([[{ a: 2 }, 1]])],
  ['sizes of maps', new Map([['a', undefined]]), new Map()],
  ['maps of another realm', foreign("new Map([['a', 1]])"), foreign("new Map([['a', 2]])")],
  ['sets of another realm', foreign('new Set([1])'), foreign('new Set([2])')],
  ['sets that contain themselves', setOfItself({ a: 1 }), setOfItself({ a: 2 })],
  ['maps that contain themselves', mapOfItself(1), mapOfItself(2)],
  ['classes with the tag of a map', new OwnMap(1), new OwnMap(2)],
  ['fields of maps', Object.assign(new Map(), { a: 1 }), new Map()],
  ['sets', new Set([1]), new Set([2])],
  ['sizes of sets', new Set([undefined]), new Set()],
  ['objects in sets', new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 1 }, { a: 3 }])],
  ['classes without fields', new Started(), new Stopped()],
  ['classes with the same name', new Started(), sameName()],
  ['an instance and a plain object', new Point(1), { x: 1 }],
  ['instances', new Point(1), new Point(2)],
  ['an object without a prototype', Object.create(null), {}],
  ['tags', new Tagged(), {}],
  ['symbol keys', { [MARK]: 1 }, { [MARK]: 2 }],
  ['symbols', Symbol('a'), Symbol('a')],
  ['own getters', { get a() { return 1; } }, { get a() { return 2; } }], // prettier-ignore
  ['functions', () => 1, () => 1],
  ['zeros', 0, -0],
  ['bigints', 1n, 2n],
  ['errors', new Error('a'), new Error('b')],
  ['classes of errors', new RangeError('a'), new TypeError('a')],
  [
    'fields of errors',
    Object.assign(new Error('a'), { code: 1 }),
    Object.assign(new Error('a'), { code: 2 }),
  ],
  // eslint-disable-next-line prefer-rest-params
  ['arguments and arrays', (function () { return arguments; })(), []], // prettier-ignore
];

/** Pairs that `deepStrictEqual` of some version of Node does not distinguish, and `diff` does. */
const stricter: readonly (readonly [name: string, actual: unknown, expected: unknown])[] = [
  [
    'errors of an AggregateError',
    new AggregateError([new Error('a')], 'm'),
    new AggregateError([new Error('b')], 'm'),
  ],
  ['headers', new Headers({ a: '1' }), new Headers({ b: '2' })],
  ['search parameters', new URLSearchParams('a=1'), new URLSearchParams('a=2')],
  ['promises', Promise.resolve(1), Promise.resolve(2)],
  ['weak maps', new WeakMap(), new WeakMap()],
  ['private fields with a getter', new Money(1), new Money(2)],
  ['private fields with `valueOf`', new Amount(1), new Amount(2)],
  ['private lists with a getter', new Cart(1), new Cart(2)],
];

describe('diff', () => {
  it.each([...different, ...stricter])('distinguishes %s', (_, actual, expected) => {
    expect(diff(actual, expected)).not.toEqual([]);
    expect(diff(expected, actual)).not.toEqual([]);
    expect(diff({ in: [actual] }, { in: [expected] })).not.toEqual([]);
  });

  it.each(different)('distinguishes %s as deepStrictEqual does', (_, actual, expected) => {
    expect(() => deepStrictEqual(actual, expected)).toThrow();
  });

  it.each([...different, ...stricter])('reports %s', (_, actual, expected) => {
    const next = (value: unknown) => [{ frame: 0, notification: { kind: 'N', value, error: undefined } }];
    expect(() => assertMarbles(next(actual), next(expected))).toThrow(/^The stream differs/);
  });

  it.each([
    ['sets that contain themselves', () => setOfItself({ a: 1 })],
    ['maps that contain themselves', () => mapOfItself(1)],
    ['private lists', () => new Cart({ a: 1 })],
    ['maps of two realms', () => foreign("new Map([['a', 1]])"), () => new Map([['a', 1]])],
  ])('returns nothing for equal %s', (_, create: () => unknown, other: () => unknown = create) => {
    expect(diff(create(), other())).toEqual([]);
  });

  it('reports the classes that differ', () => {
    const [difference] = diff(new Started(), new Stopped());
    expect(difference?.path).toBe(' class');
    expect([String(difference?.actual), String(difference?.expected)]).toEqual([
      'Symbol(Started)',
      'Symbol(Stopped)',
    ]);
  });

  it('ignores the order of maps and sets', () => {
    const map = new Map<unknown, unknown>([['a', 1], [{ b: 1 }, 2]]); // prettier-ignore
    expect(diff(map, new Map([...map].reverse()))).toEqual([]);
    expect(diff(new Set([{ a: 1 }, 2]), new Set([2, { a: 1 }]))).toEqual([]);
  });

  it('compares getters without following new objects', () => {
    class Node {
      get next(): Node {
        return new Node();
      }
      get broken(): number {
        throw new Error('no value');
      }
    }
    expect(diff(new Node(), new Node())).toEqual([]);
  });
});

/** Creates a value, a new one on each call. */
type Build = () => unknown;

const small = fc.constantFrom(0, 1);
const leaf: fc.Arbitrary<Build> = fc.oneof(
  fc
    .constantFrom<unknown>(null, true, false, 0, -0, 1, NaN, 1n, 'a', 'b', '', MARK, noop)
    .map((value) => () => value),
  small.map((n) => () => new Date(n)),
  small.map((n) => () => new RegExp('a', n ? 'g' : 'u')),
  small.map((n) => () => Object(n) as unknown),
  small.map((n) => () => Object(String(n)) as unknown),
  small.map((n) => () => Object(n === 1) as unknown),
  small.map((n) => () => new URL(`http://${n}.example/`)),
  small.map((n) => () => bytes(n).buffer),
  small.map((n) => () => new DataView(bytes(n, 1, 2).buffer, n)),
  small.map((n) => () => new Uint8Array([n])),
  small.map((n) => () => new Int8Array([n])),
  small.map((n) => () => new Float32Array([n ? 0 : -0])),
  small.map((n) => () => new Bytes([n])),
  small.map((n) => () => new Error(String(n))),
  small.map((n) => () => new RangeError(String(n))),
  small.map((n) => () => new AggregateError([new Error(String(n))], 'm')),
  small.map((n) => () => new Headers({ a: String(n) })),
  small.map((n) => () => new Point(n)),
  small.map((n) => () => (n ? new Started() : new Stopped())),
  fc.constant(() => Object.create(null) as unknown),
  fc.constant(() => new Tagged()),
);

const { build } = fc.letrec<{ build: Build; container: Build }>((tie) => ({
  build: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('container')),
  container: fc.tuple(fc.nat(4), fc.array(tie('build'), { maxLength: 3 })).map(([kind, items]) => () => {
    const values = items.map((item) => item());
    const entries = values.map((value, index) => [index % 2 === 0 ? 'a' : value, value] as const);
    switch (kind) {
      case 0:
        return values;
      case 1:
        return new Map(entries);
      case 2:
        return new Set(values);
      case 3:
        return { [MARK]: values[0] ?? null, b: values[1] ?? null };
      default:
        return Object.assign(new Point(1), { values });
    }
  }),
}));

describe('diff of any two values', () => {
  it('is never empty where deepStrictEqual fails', () => {
    fc.assert(
      fc.property(build, build, (first, second) => {
        const [actual, expected] = [first(), second()];
        if (!isDeepStrictEqual(actual, expected)) expect(diff(actual, expected)).not.toEqual([]);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is empty for two copies', () => {
    fc.assert(
      fc.property(build, (create) => {
        expect(diff(create(), create())).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});
