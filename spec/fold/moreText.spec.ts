import fc from 'fast-check';

import type { ChatCompletion } from '../../lib/codec/ChatCompletion';
import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { markOf } from '../../lib/codec/mark';
import { addAny, addChunk, emptyCompletion } from '../../lib/fold/completion';
import { addMoreText } from '../../lib/fold/moreText';
import { anyChunk, chunkWith, frozen } from './chunks';

describe('addMoreText', () => {
  const text = fc.constantFrom('a', 'bc', '', null);
  const some = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> =>
    fc.record(fields, { requiredKeys: [] });
  /** Nearly only text, with the fields that servers send beside it. */
  const usual = fc
    .record(
      {
        id: fc.constantFrom('c1', 'c2', '', null),
        object: fc.constant('chat.completion.chunk'),
        created: fc.constantFrom(0, 1),
        model: fc.constantFrom('m', ''),
        choices: fc.array(
          fc.record(
            {
              index: fc.constantFrom(0, 0, 0, null, 1),
              delta: some({
                role: fc.constantFrom('assistant', '', null),
                content: text,
                reasoning: text,
                reasoning_content: text,
                refusal: text,
              }),
              logprobs: fc.constant(null),
              finish_reason: fc.constantFrom(null, null, null, 'stop', ''),
            },
            { requiredKeys: ['delta'] },
          ),
          { minLength: 1, maxLength: 1 },
        ),
        usage: fc.constantFrom(null, null, { total_tokens: 1 }),
        obfuscation: fc.constant('x'),
        error: fc.constantFrom(null, 'e'),
      },
      { requiredKeys: ['choices'] },
    )
    .map((chunk): ChatCompletionChunk => frozen(chunk));
  const plain = fc
    .tuple(fc.constantFrom('a', 'bc'), fc.constantFrom(0, 0, 1))
    .map(([content, index]) => frozen(chunkWith({ content }, index)));
  const chunk = fc.oneof({ weight: 12, arbitrary: usual }, { weight: 6, arbitrary: plain }, anyChunk);

  /** Completions that a server or another library wrote. */
  const stored = fc.constantFrom<ChatCompletion>(
    emptyCompletion,
    emptyCompletion,
    { choices: [{ message: { content: 'a' } }] },
    { id: 'c', choices: [{ index: 0, message: { role: '', content: '', reasoning: 'r' }, logprobs: null }] },
    { choices: [{ index: 1, message: null }], usage: null },
  );

  it('returns what the fold of all chunks returns, after any chunks before', () => {
    let shortcuts = 0;
    fc.assert(
      fc.property(stored, fc.array(chunk, { maxLength: 12 }), (begun, chunks) => {
        let completion = begun;
        for (const each of chunks) {
          const expected = markOf(each) === undefined ? addAny(completion, each) : emptyCompletion;
          if (addMoreText(completion, each) !== undefined) shortcuts += 1;
          const before = JSON.stringify(completion);
          const next = addChunk(completion, each);
          expect(next).toStrictEqual(expected);
          expect(JSON.stringify(next)).toBe(JSON.stringify(expected));
          expect(next === completion).toBe(expected === completion);
          expect(JSON.stringify(completion)).toBe(before);
          completion = next;
        }
      }),
      { numRuns: 1_000 },
    );
    expect(shortcuts).toBeGreaterThan(250);
  });

  it('leaves the parts that do not change the same objects', () => {
    const tools = [{ id: 'a', function: { name: 'f', arguments: '{}' } }];
    const before: ChatCompletion = frozen({
      id: 'c1',
      choices: [{ index: 0, message: { role: 'assistant', content: 'a', tool_calls: tools }, logprobs: {} }],
    });
    const after = addMoreText(before, chunkWith({ content: 'b' }));
    expect(after?.choices[0]?.message).toEqual({ role: 'assistant', content: 'ab', tool_calls: tools });
    expect(after?.choices[0]?.message?.tool_calls).toBe(tools);
    expect(after?.choices[0]?.logprobs).toBe(before.choices[0]?.logprobs);
  });

  it('is not taken while a list is too long to copy', () => {
    const images = Array.from({ length: 80 }, (_, at) => ({ image_url: { url: `${at}` } }));
    const long = [...images.map((image) => ({ content: 'a', images: [image] }))];
    const before = long.reduce(
      (completion, delta) => addChunk(completion, chunkWith(delta)),
      emptyCompletion,
    );
    expect(addMoreText(before, chunkWith({ content: 'b' }))).toBeUndefined();
    expect(addChunk(before, chunkWith({ content: 'b' }))).toMatchObject({
      choices: [{ message: { content: `${'a'.repeat(80)}b`, images } }],
    });
  });
});
