import type { Logprobs } from '../../lib/codec/Logprobs';
import { addChunk, emptyCompletion } from '../../lib/fold/completion';
import { frozen } from './chunks';

const tokens = (...words: readonly string[]): Logprobs => ({ content: words.map((token) => ({ token })) });

/** Adds the logprobs of a chunk to those of a completion. */
const joinLogprobs = (before: unknown, logprobs: unknown): unknown =>
  addChunk(
    { ...emptyCompletion, choices: [{ index: 0, logprobs: before as Logprobs }] },
    {
      choices: [{ index: 0, logprobs: logprobs as Logprobs }],
    },
  ).choices[0]?.logprobs;
const fold = (...fragments: readonly unknown[]): Logprobs =>
  fragments.reduce((before, fragment) => joinLogprobs(before, fragment), undefined) as Logprobs;

describe('the logprobs of a completion', () => {
  it('joins the lists of tokens', () => {
    expect(fold(tokens('a'), tokens(), null, tokens('b', 'c'))).toEqual(tokens('a', 'b', 'c'));
  });

  it('joins each list by itself', () => {
    const [content, refusal, reasoning_content] = ['a', 'b', 'c'].map((token) => [{ token }]);
    expect(
      fold({ reasoning_content }, { content, refusal: null }, { refusal, own: [1] }, { own: [2] }),
    ).toEqual({
      reasoning_content,
      content,
      refusal,
      own: [1, 2],
    });
  });

  it('looks like plain data', () => {
    const joined = fold(tokens('a'), tokens('b'));
    expect(JSON.stringify(joined)).toBe('{"content":[{"token":"a"},{"token":"b"}]}');
    expect({ ...joined }).toStrictEqual(tokens('a', 'b'));
    expect(structuredClone(joined)).toStrictEqual(tokens('a', 'b'));
    expect(joined.content).toBe(joined.content);
  });

  it('continues any earlier value, read or not, without changing it', () => {
    const one = frozen(tokens('a'));
    const two = fold(one, tokens('b'));
    const three = fold(two, tokens('c'));
    const other = fold(two, tokens('d'));
    expect(other).toEqual(tokens('a', 'b', 'd'));
    expect(two).toEqual(tokens('a', 'b'));
    expect(fold(three, tokens('e'))).toEqual(tokens('a', 'b', 'c', 'e'));
    expect(three).toEqual(tokens('a', 'b', 'c'));
    expect(one).toEqual(tokens('a'));
  });

  it('returns the same object if nothing is added', () => {
    const joined = fold(tokens('a'), tokens('b'));
    for (const fragment of [null, {}, tokens(), { content: null }])
      expect(joinLogprobs(joined, fragment)).toBe(joined);
  });

  it('keeps the latest value that is not an object (Together)', () => {
    expect(fold(-1, null, -2)).toBe(-2);
  });

  it('joins a long answer in linear time', () => {
    let joined = tokens('a');
    for (let i = 0; i < 50_000; i += 1) joined = joinLogprobs(joined, tokens('b')) as Logprobs;
    expect(joined.content).toHaveLength(50_001);
  });
});
