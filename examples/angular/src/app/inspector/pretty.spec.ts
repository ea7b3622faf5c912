import { pretty } from './pretty';

describe('pretty', () => {
  it('formats JSON with short values on one line', () => {
    const value = { id: 'chatcmpl-1', choices: [{ index: 0, delta: { content: '"b"' } }], none: [] };
    const text = pretty(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text).toContain('"delta": { "content": "\\"b\\"" }');
    expect(text.split('\n').every((line) => line.length <= 44)).toBe(true);
  });

  it('leaves out undefined', () => {
    expect(pretty({ a: undefined, b: null })).toBe('{ "b": null }');
  });
});
