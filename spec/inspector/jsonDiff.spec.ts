import fc from 'fast-check';

import { jsonDiff } from '../../lib/inspector/view/show/jsonDiff';

const textOf = (value: unknown, before?: unknown): string =>
  jsonDiff(value, before)
    .map(({ sign, text }) => `${sign}${text}`)
    .join('\n');

describe('jsonDiff', () => {
  it('formats a value without one before it, with short objects on one line', () => {
    const value = { id: 'chatcmpl-1', choices: [{ index: 0, delta: { content: '"b"' } }], none: [] };
    expect(textOf(value)).toBe(
      [
        ' {',
        '   "id": "chatcmpl-1"',
        '   "choices": [',
        '     {',
        '       "index": 0',
        String.raw`       "delta": { "content": "\"b\"" }`,
        '     }',
        '   ]',
        '   "none": []',
        ' }',
      ].join('\n'),
    );
  });

  it('marks what was changed, added and removed', () => {
    expect(textOf({ a: 1, b: [{ c: 'new' }], d: 4 }, { a: 1, b: [{ c: 'old' }], e: 5 })).toBe(
      [
        ' {',
        '   "a": 1',
        '   "b": [',
        '     {',
        '-      "c": "old"',
        '+      "c": "new"',
        '     }',
        '   ]',
        '-  "e": 5',
        '+  "d": 4',
        ' }',
      ].join('\n'),
    );
  });

  it('marks nothing between equal values, and every line between a value and another kind', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(jsonDiff(value, value).filter(({ sign }) => sign !== ' ')).toEqual([]);
      }),
    );
    expect(textOf([1], { a: 1 })).toBe('-{ "a": 1 }\n+[1]');
  });

  it('leaves out what is nested too deep', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });
    expect(jsonDiff(nested(1_500), undefined)[101]?.text.trim()).toBe('"a": …');
    expect(jsonDiff(nested(1_500), { a: nested(1_500) })[101]?.text.trim()).toBe('"a": …');
  });

  it('is cut after 400 lines', () => {
    expect(
      jsonDiff(
        Array.from({ length: 1_000 }, (_, i) => i),
        undefined,
      ).at(-1)?.text,
    ).toBe('… 602 more lines');
  });
});
