import type { ChatCompletion } from '../../lib/codec/ChatCompletion';
import { syntheticChunk } from '../../lib/response/syntheticChunk';
import { addChunk, emptyCompletion } from '../../lib/fold/completion';
import { contentOf } from '../../lib/fold/content';
import { addToolCalls, noToolCalls } from '../../lib/fold/toolCalls';

const envelope = { id: 'chatcmpl-1', object: 'chat.completion', created: 1_790_000_000, model: 'any' };
const call = (id: string, city: string) => ({
  id,
  type: 'function',
  function: { name: 'weather', arguments: JSON.stringify({ city }) },
});
const whole: ChatCompletion = {
  ...envelope,
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Hello', reasoning: 'Hm' },
      finish_reason: 'stop',
      logprobs: null,
    },
    {
      index: 1,
      message: { role: 'assistant', content: null, tool_calls: [call('a', 'Oslo'), call('b', 'Bergen')] },
      finish_reason: 'tool_calls',
      logprobs: null,
    },
  ],
  usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
  system_fingerprint: 'fp',
};

describe('syntheticChunk', () => {
  it('folds to the completion it was made of', () => {
    expect(addChunk(emptyCompletion, syntheticChunk(whole))).toStrictEqual(whole);
  });

  it('keeps the delta of a chunk that is the complete body', () => {
    const choices = [{ index: 0, delta: { content: 'Hello' }, finish_reason: 'stop' }];
    expect(contentOf(syntheticChunk({ choices }))).toBe('Hello');
  });

  it('calls itself a chunk', () => {
    expect(syntheticChunk(whole).object).toBe('chat.completion.chunk');
  });

  it('numbers choices without an index by their place', () => {
    const choices = ['one', 'two'].map((content) => ({ message: { content }, finish_reason: 'stop' }));
    const chunk = syntheticChunk({ choices });
    expect([contentOf(chunk), contentOf(chunk, { choice: 1 })]).toEqual(['one', 'two']);
  });

  it('keeps calls of the same tool apart', () => {
    const { calls } = addToolCalls(noToolCalls, syntheticChunk(whole), { choice: 1 });
    expect(calls.map(({ id, arguments: text, complete }) => [id, text, complete])).toEqual([
      ['a', '{"city":"Oslo"}', true],
      ['b', '{"city":"Bergen"}', true],
    ]);
  });

  it('keeps calls apart that have no id', () => {
    const choices = [
      { message: { tool_calls: [call('', 'Oslo'), call('', 'Bergen')] }, finish_reason: 'stop' },
    ];
    const { calls } = addToolCalls(noToolCalls, syntheticChunk({ choices }));
    expect(calls.map(({ arguments: text }) => text)).toEqual(['{"city":"Oslo"}', '{"city":"Bergen"}']);
  });

  it('uses the place of each call as its index, as streams have it', () => {
    const calls = syntheticChunk(whole).choices?.[1]?.delta?.tool_calls;
    expect(calls?.map(({ index, id }) => [index, id])).toEqual([
      [0, 'a'],
      [1, 'b'],
    ]);
  });

  it('takes a choice that a filter left without a message', () => {
    const choices = [{ index: 0, finish_reason: 'content_filter' }];
    expect(addChunk(emptyCompletion, syntheticChunk({ choices })).choices[0]?.finish_reason).toBe(
      'content_filter',
    );
  });

  it('takes a completion without choices', () => {
    expect(syntheticChunk({ choices: [] }).choices).toEqual([]);
  });

  it('keeps unknown fields', () => {
    const odd = { ...whole, timings: { predicted_ms: 5 } };
    expect(addChunk(emptyCompletion, syntheticChunk(odd))).toEqual(odd);
  });
});
