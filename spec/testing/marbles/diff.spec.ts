import { runInNewContext } from 'node:vm';

import fc from 'fast-check';

import { HttpError, ChatTimeoutError, TruncatedError } from '../../../lib/errors';
import { diff } from '../../../lib/testing/marbles/diff';

const paths = (came: unknown, expected: unknown): readonly string[] =>
  diff(came, expected).map(({ path }) => path);
const equal = (came: unknown, expected: unknown): boolean => paths(came, expected).length === 0;

const busy = (status: number, retryAfterMs: number | null = null): HttpError =>
  new HttpError({
    ...{ status, retryAfterMs, serverMessage: 'slow down', code: null, type: null, param: null },
    ...{ body: '', requestId: null, retryable: true },
  });

describe('diff', () => {
  it('are none between values that are alike', () => {
    expect(equal({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
    expect(equal(new Map([['a', { b: 1 }]]), new Map([['a', { b: 1 }]]))).toBe(true);
    expect(equal(new Date(1), new Date(1))).toBe(true);
    expect(equal(NaN, NaN)).toBe(true);
    expect(equal(new Uint8Array([1, 2]), Buffer.from([1, 2]))).toBe(true);
  });

  it('name the way to each', () => {
    expect(
      paths({ choices: [{ delta: { content: 'Hel' } }] }, { choices: [{ delta: { content: 'Hal' } }] }),
    ).toEqual(['.choices[0].delta.content']);
    expect(paths({ a: 1, b: 2 }, { a: 2, b: 3 })).toEqual(['.a', '.b']);
    expect(paths(1, 2)).toEqual(['']);
  });

  it('are found where a value is of another kind', () => {
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

  it('are found in what one of the two lacks', () => {
    expect(paths([1], [1, 2])).toEqual(['.length', '[1]']);
    expect(paths([1, 2], [1])).toEqual(['.length', '[1]']);
    expect(paths({ a: 1 }, {})).toEqual(['.a']);
    expect(paths({}, { a: 1 })).toEqual(['.a']);
    expect(paths([undefined], [])).toEqual(['.length']);
  });

  it('are found in collections, dates and patterns', () => {
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

  it('take a field that is undefined for a missing one', () => {
    expect(equal({ a: 1, b: undefined }, { a: 1 })).toBe(true);
    expect(equal({ a: 1 }, { a: 1, b: undefined })).toBe(true);
  });

  it('are found under symbols, too', () => {
    const mark = Symbol('mark');
    expect(paths({ [mark]: 1 }, { [mark]: 2 })).toEqual(['[Symbol(mark)]']);
  });

  it('come to an end in values that contain themselves', () => {
    const loop = (end: number): unknown => {
      const value: { end: number; self?: unknown } = { end };
      value.self = value;
      return value;
    };
    expect(equal(loop(1), loop(1))).toBe(true);
    expect(paths(loop(1), loop(2))).toEqual(['.end']);
  });

  it('of bytes are one, the first, with what stands there', () => {
    const [came, expected] = ['data: {"a":1}', 'data: {"b":1}'].map((text) => new TextEncoder().encode(text));
    expect(diff({ came }, { came: expected })).toEqual([
      { path: '.came byte 8', actual: 'data: {"a":1}', expected: 'data: {"b":1}' },
    ]);
    expect(equal(new Uint8Array([1]), new Uint8Array([1, 0]))).toBe(false);
    expect(diff(new Uint8Array([0xff]), new Uint8Array([0xfe]))).toEqual([
      { path: ' byte 0', actual: 0xff, expected: 0xfe },
    ]);
  });

  it('agree with Jest on any two plain values', () => {
    // Without dates: to Jest no date that is none equals another.
    const value = fc.anything({
      withDate: false,
      withMap: false,
      withSet: false,
      withNullPrototype: false,
      maxDepth: 3,
    });
    const takenForEqual = (a: unknown, b: unknown): boolean => {
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
        expect(equal(a, b)).toBe(takenForEqual(a, b));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('diff of errors', () => {
  it('are told by tag, message and fields', () => {
    expect(equal(busy(429), busy(429))).toBe(true);
    expect(paths(busy(429, 5), busy(429, 6))).toEqual(['.retryAfterMs']);
    expect(paths(busy(429), busy(503))).toEqual(['.message', '.status']);
    expect(paths(new TruncatedError(), busy(429))).toEqual(['']);
    expect(equal(new TruncatedError('cut'), new TruncatedError('cut off'))).toBe(false);
  });

  it('are told by the class of an error without a tag', () => {
    expect(equal(new RangeError('a'), new RangeError('a'))).toBe(true);
    expect(equal(new RangeError('a'), new TypeError('a'))).toBe(false);
    expect(equal(new Error('a'), new Error('b'))).toBe(false);
    // Of one class, and told apart by a name that is no field.
    expect(paths(new DOMException('a', 'AbortError'), new DOMException('a', 'TimeoutError'))).toContain(
      '.name',
    );
  });

  it('do not lie in the stack or in the cause', () => {
    expect(equal(new Error('a', { cause: 1 }), new Error('a'))).toBe(true);
    const assigned = Object.assign(new Error('a'), { cause: 1, stack: 'elsewhere' });
    for (const key of ['cause', 'stack']) Object.defineProperty(assigned, key, { enumerable: true });
    expect(equal(assigned, new Error('a'))).toBe(true);
    expect(equal(new Error('a'), assigned)).toBe(true);
  });

  it('are none to the same error of another realm, as that of a test runner is', () => {
    const theirs = runInNewContext("new RangeError('a')") as Error;
    expect(theirs instanceof Error).toBe(false);
    expect(equal(theirs, new RangeError('a'))).toBe(true);
    expect(equal(theirs, new RangeError('b'))).toBe(false);
  });

  it('are none to a tag and some of the fields', () => {
    const came = new ChatTimeoutError('idle', 5);
    expect(equal(came, { _tag: 'ChatTimeoutError' })).toBe(true);
    expect(equal({ error: came }, { error: { _tag: 'ChatTimeoutError', phase: 'idle' } })).toBe(true);
    expect(equal(came, { _tag: 'ChatTimeoutError', message: came.message })).toBe(true);
    expect(paths(came, { _tag: 'ChatTimeoutError', phase: 'first' })).toEqual(['.phase']);
    expect(paths(came, { _tag: 'TruncatedError' })).toEqual(['._tag']);
    expect(paths(came, { _tag: 'ChatTimeoutError', status: 429 })).toEqual(['.status']);
  });

  it('lie between an error and an object without a tag, or the other way round', () => {
    const came = new ChatTimeoutError('idle', 5);
    expect(equal(came, { phase: 'idle' })).toBe(false);
    expect(equal(came, { message: came.message, phase: 'idle', ms: 5, _tag: undefined })).toBe(false);
    expect(equal({ _tag: 'ChatTimeoutError' }, came)).toBe(false);
    expect(equal({ _tag: 'Right', right: 1, more: 2 }, { _tag: 'Right', right: 1 })).toBe(false);
  });
});

describe('a matcher of a test framework', () => {
  it('decides for itself', () => {
    expect(equal({ ms: 12 }, { ms: expect.any(Number) as unknown })).toBe(true);
    expect(paths({ ms: '12' }, { ms: expect.any(Number) as unknown })).toEqual(['.ms']);
    expect(equal('Hello there', expect.stringContaining('there'))).toBe(true);
    expect(equal(undefined, expect.anything())).toBe(false);
  });
});
