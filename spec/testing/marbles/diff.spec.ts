import { runInNewContext } from 'node:vm';

import fc from 'fast-check';

import { ChatTimeoutError, TruncatedError, type HttpError } from '../../../lib/errors';
import { diff } from '../../../lib/testing/marbles/diff';
import { httpError } from '../../helpers/httpError';

const paths = (actual: unknown, expected: unknown): readonly string[] =>
  diff(actual, expected).map(({ path }) => path);
const equal = (actual: unknown, expected: unknown): boolean => paths(actual, expected).length === 0;

const tooManyRequests = (status: number, retryAfterMs: number | null = null): HttpError =>
  httpError({ status, retryAfterMs, serverMessage: 'slow down', retryable: true });

describe('diff', () => {
  it('returns nothing for equal values', () => {
    expect(equal({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
    expect(equal(new Map([['a', { b: 1 }]]), new Map([['a', { b: 1 }]]))).toBe(true);
    expect(equal(new Date(1), new Date(1))).toBe(true);
    expect(equal(NaN, NaN)).toBe(true);
    expect(equal(new Uint8Array([1, 2]), Buffer.from([1, 2]))).toBe(true);
  });

  it('returns the path of each difference', () => {
    expect(
      paths({ choices: [{ delta: { content: 'Hel' } }] }, { choices: [{ delta: { content: 'Hal' } }] }),
    ).toEqual(['.choices[0].delta.content']);
    expect(paths({ a: 1, b: 2 }, { a: 2, b: 3 })).toEqual(['.a', '.b']);
    expect(paths(1, 2)).toEqual(['']);
  });

  it('distinguishes values of different types', () => {
    const values = [
      0,
      '',
      false,
      null,
      undefined,
      {},
      [],
      new Map(),
      new Set(),
      new Date(0),
      /a/,
      () => 1,
      new Error(),
    ];
    const pairs = values.flatMap((a, i) => values.slice(i + 1).map((b) => [a, b] as const));
    expect(pairs.filter(([a, b]) => equal(a, b) || equal(b, a))).toEqual([]);
  });

  it('finds items and fields that one of the two lacks', () => {
    expect(paths([1], [1, 2])).toEqual(['.length', '[1]']);
    expect(paths([1, 2], [1])).toEqual(['.length', '[1]']);
    expect(paths({ a: 1 }, {})).toEqual(['.a']);
    expect(paths({}, { a: 1 })).toEqual(['.a']);
    expect(paths([undefined], [])).toEqual(['.length']);
  });

  it('compares collections, dates and regular expressions', () => {
    expect(equal(new Map([['a', 1]]), new Map([['a', 2]]))).toBe(false);
    expect(equal(new Set([1]), new Set([2]))).toBe(false);
    expect(paths(new Date(1), new Date(2))).toEqual(['']);
    expect(equal(/a/, /b/)).toBe(false);
    expect(
      equal(
        () => 1,
        () => 1,
      ),
    ).toBe(false);
    expect(equal(Promise.resolve(1), Promise.resolve(1))).toBe(false);
  });

  it('treats a field that is undefined as missing', () => {
    expect(equal({ a: 1, b: undefined }, { a: 1 })).toBe(true);
    expect(equal({ a: 1 }, { a: 1, b: undefined })).toBe(true);
  });

  it('compares fields with symbol keys', () => {
    const mark = Symbol('mark');
    expect(paths({ [mark]: 1 }, { [mark]: 2 })).toEqual(['[Symbol(mark)]']);
  });

  it('terminates for values that contain themselves', () => {
    const loop = (end: number): unknown => {
      const value: { end: number; self?: unknown } = { end };
      value.self = value;
      return value;
    };
    expect(equal(loop(1), loop(1))).toBe(true);
    expect(paths(loop(1), loop(2))).toEqual(['.end']);
  });

  it('returns the first byte that differs, with the text around it', () => {
    const [actual, expected] = ['data: {"a":1}', 'data: {"b":1}'].map((text) =>
      new TextEncoder().encode(text),
    );
    expect(diff({ bytes: actual }, { bytes: expected })).toEqual([
      { path: '.bytes byte 8', actual: 'data: {"a":1}', expected: 'data: {"b":1}' },
    ]);
    expect(equal(new Uint8Array([1]), new Uint8Array([1, 0]))).toBe(false);
    expect(diff(new Uint8Array([0xff]), new Uint8Array([0xfe]))).toEqual([
      { path: ' byte 0', actual: 0xff, expected: 0xfe },
    ]);
  });

  it('agrees with Jest on any two plain values', () => {
    // Without dates, as Jest treats two invalid dates as different.
    const value = fc.anything({
      withDate: false,
      withMap: false,
      withSet: false,
      withNullPrototype: false,
      maxDepth: 3,
    });
    const isEqualInJest = (a: unknown, b: unknown): boolean => {
      try {
        expect(a).toEqual(b);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(value, value, fc.boolean(), (a, other, same) => {
        const b = same ? structuredClone(a) : other;
        expect(equal(a, b)).toBe(isEqualInJest(a, b));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('diff of errors', () => {
  it('compares tag, message and fields', () => {
    expect(equal(tooManyRequests(429), tooManyRequests(429))).toBe(true);
    expect(paths(tooManyRequests(429, 5), tooManyRequests(429, 6))).toEqual(['.retryAfterMs']);
    expect(paths(tooManyRequests(429), tooManyRequests(503))).toEqual(['.message', '.status']);
    expect(paths(new TruncatedError(), tooManyRequests(429))).toEqual(['']);
    expect(equal(new TruncatedError('cut'), new TruncatedError('cut off'))).toBe(false);
  });

  it('compares the class of an error without a tag', () => {
    expect(equal(new RangeError('a'), new RangeError('a'))).toBe(true);
    expect(equal(new RangeError('a'), new TypeError('a'))).toBe(false);
    expect(equal(new Error('a'), new Error('b'))).toBe(false);
    // Of the same class, with a name that is not an own field.
    expect(paths(new DOMException('a', 'AbortError'), new DOMException('a', 'TimeoutError'))).toContain(
      '.name',
    );
  });

  it('compares the causes of two errors that have one', () => {
    const caused = (cause: unknown): Error => new Error('a', { cause });
    expect(equal(caused(new Error('b')), caused(new Error('b')))).toBe(true);
    expect(paths(caused(1), caused(2))).toEqual(['.cause']);
    expect(paths(caused(caused(1)), caused(caused(2)))).toEqual(['.cause.cause']);
  });

  it('ignores the stack, and a cause that only one has', () => {
    expect(equal(new Error('a', { cause: 1 }), new Error('a'))).toBe(true);
    const assigned = Object.assign(new Error('a'), { cause: 1, stack: 'elsewhere' });
    for (const key of ['cause', 'stack']) Object.defineProperty(assigned, key, { enumerable: true });
    expect(equal(assigned, new Error('a'))).toBe(true);
    expect(equal(new Error('a'), assigned)).toBe(true);
  });

  it('treats an error of another realm as equal', () => {
    const foreign = runInNewContext("new RangeError('a')") as Error;
    expect(foreign instanceof Error).toBe(false);
    expect(equal(foreign, new RangeError('a'))).toBe(true);
    expect(equal(foreign, new RangeError('b'))).toBe(false);
  });

  it('matches an error with an expected tag and some of its fields', () => {
    const error = new ChatTimeoutError('idle', 5);
    expect(equal(error, { _tag: 'ChatTimeoutError' })).toBe(true);
    expect(equal({ error }, { error: { _tag: 'ChatTimeoutError', phase: 'idle' } })).toBe(true);
    expect(equal(error, { _tag: 'ChatTimeoutError', message: error.message })).toBe(true);
    expect(paths(error, { _tag: 'ChatTimeoutError', phase: 'first' })).toEqual(['.phase']);
    expect(paths(error, { _tag: 'TruncatedError' })).toEqual(['._tag']);
    expect(paths(error, { _tag: 'ChatTimeoutError', status: 429 })).toEqual(['.status']);
  });

  it('distinguishes an error from an object without a tag, and an object from an error', () => {
    const error = new ChatTimeoutError('idle', 5);
    expect(equal(error, { phase: 'idle' })).toBe(false);
    expect(equal(error, { message: error.message, phase: 'idle', ms: 5, _tag: undefined })).toBe(false);
    expect(equal({ _tag: 'ChatTimeoutError' }, error)).toBe(false);
    expect(equal({ _tag: 'Right', right: 1, more: 2 }, { _tag: 'Right', right: 1 })).toBe(false);
  });
});

describe('a matcher of a test framework', () => {
  it('decides whether a value is equal', () => {
    expect(equal({ ms: 12 }, { ms: expect.any(Number) as unknown })).toBe(true);
    expect(paths({ ms: '12' }, { ms: expect.any(Number) as unknown })).toEqual(['.ms']);
    expect(equal('Hello there', expect.stringContaining('there'))).toBe(true);
    expect(equal(undefined, expect.anything())).toBe(false);
  });

  interface Comparisons {
    readonly equals: (a: unknown, b: unknown) => boolean;
    readonly contains: (items: Iterable<unknown>, item: unknown) => boolean;
  }
  type Match = (actual: unknown, comparisons: Comparisons) => boolean;
  const has = (name: string, expected: unknown) => ({
    asymmetricMatch: ((actual, { equals }) => equals(expected, Reflect.get(Object(actual), name))) as Match,
  });
  const contains = (...items: readonly unknown[]) => ({
    asymmetricMatch: ((actual, util) =>
      items.every((item) => util.contains(actual as unknown[], item))) as Match,
  });

  it('decides with the comparisons of the kit, as those of Jasmine do', () => {
    expect(equal({ ms: 12 }, has('ms', 12))).toBe(true);
    expect(equal({ ms: 12 }, has('ms', expect.any(Number)))).toBe(true);
    expect(equal({ ms: 12 }, has('ms', expect.any(String)))).toBe(false);
    expect(equal({ ms: 12 }, has('ms', has('a', 1)))).toBe(false);
    expect(equal([{ ms: 12 }, 1], contains(1, { ms: 12 }))).toBe(true);
    expect(equal([{ ms: 12 }, 1], contains({ ms: 13 }))).toBe(false);
    expect(equal(new Set([{ ms: 12 }]), contains(has('ms', 12)))).toBe(true);
  });
});
