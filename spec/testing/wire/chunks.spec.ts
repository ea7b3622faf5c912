import { contentOf } from '../../../lib/fold/content';
import { ChatCompletionChunk } from '../../../lib/codec/ChatCompletionChunk';
import {
  textChunk,
  finishChunk,
  objectChunks,
  reasoningChunk,
  toolCallChunk,
  toolCallChunks,
  usageChunk,
} from '../../../lib/testing/wire/chunks';

const weather = { name: 'weather', arguments: { city: 'Zürich' } };
const deltaOf = (chunk: ChatCompletionChunk) => chunk.choices?.[0]?.delta;

describe('the chunk builders', () => {
  it('build chunks that the codec accepts', () => {
    const chunks = [
      textChunk('Hel'),
      reasoningChunk('Well'),
      toolCallChunk(weather),
      ...toolCallChunks(weather),
      finishChunk('stop'),
      usageChunk(9, 2),
    ];
    expect(chunks.filter((chunk) => !ChatCompletionChunk.is(chunk))).toEqual([]);
  });

  it('put text, reasoning and finish reason where Ollama puts them', () => {
    expect(deltaOf(textChunk('Hel'))).toEqual({ content: 'Hel' });
    expect(deltaOf(reasoningChunk('Well'))).toEqual({ content: '', reasoning: 'Well' });
    expect(finishChunk('length').choices).toEqual([{ index: 0, delta: {}, finish_reason: 'length' }]);
  });

  it('build a chunk of the given choice', () => {
    const all = [
      textChunk('a', { choice: 2 }),
      reasoningChunk('a', { choice: 2 }),
      toolCallChunk(weather, { choice: 2 }),
      finishChunk('stop', { choice: 2 }),
    ];
    expect(
      all.concat(toolCallChunks(weather, [], { choice: 2 })).map(({ choices }) => choices?.[0]?.index),
    ).toEqual([2, 2, 2, 2, 2]);
  });

  it('can be passed to map, whose index is ignored', () => {
    expect(['Hel', 'lo'].map(textChunk)).toEqual([textChunk('Hel'), textChunk('lo')]);
    // @ts-expect-error -- a number is not an options object
    expect(textChunk('Hel', 1)).toEqual(textChunk('Hel'));
  });

  it('put the usage in a chunk without choices', () => {
    const { choices, usage } = usageChunk(9, 2);
    expect(choices).toEqual([]);
    expect(usage).toEqual({ prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 });
  });
});

describe('a tool call', () => {
  it('has its arguments as JSON text in a single delta', () => {
    expect(deltaOf(toolCallChunk(weather))?.tool_calls).toEqual([
      {
        index: 0,
        id: 'call_0',
        type: 'function',
        function: { name: 'weather', arguments: '{"city":"Zürich"}' },
      },
    ]);
  });

  it('has id and name in the first of several deltas, then the given fragments', () => {
    const chunks = toolCallChunks({ ...weather, id: 'x', index: 3 }, ['{"city"', ':"Oslo"}']);
    expect(chunks.map((chunk) => deltaOf(chunk)?.tool_calls?.[0])).toEqual([
      { index: 3, id: 'x', type: 'function', function: { name: 'weather', arguments: '' } },
      { index: 3, function: { arguments: '{"city"' } },
      { index: 3, function: { arguments: ':"Oslo"}' } },
    ]);
  });

  it('is split by default into fragments that join to the same arguments and split no character', () => {
    const emoji = { name: 'say', arguments: { text: '👋🏽 '.repeat(20) } };
    const chunks = toolCallChunks(emoji).map(
      (chunk) => deltaOf(chunk)?.tool_calls?.[0]?.function?.arguments ?? '',
    );
    expect(JSON.parse(chunks.join(''))).toEqual(emoji.arguments);
    expect(chunks.filter((chunk) => /^\p{Cs}|\p{Cs}$/u.test(chunk))).toEqual([]);
  });

  it('accepts a string as the JSON text of its arguments, which may be incomplete', () => {
    const incomplete = toolCallChunk({ name: 'weather', arguments: '{"city":"Zü' });
    expect(deltaOf(incomplete)?.tool_calls?.[0]?.function?.arguments).toBe('{"city":"Zü');
  });
});

describe('objectChunks', () => {
  it('cuts the JSON of a value every few characters, never inside of one', () => {
    const texts = (chunks: readonly ChatCompletionChunk[]): readonly string[] =>
      chunks.map((chunk) => contentOf(chunk));
    expect(texts(objectChunks({ name: 'Ada' }))).toEqual(['{"name":', '"Ada"}']);
    expect(texts(objectChunks(['🙂a'], { every: 3 }))).toEqual(['["🙂', 'a"]']);
    expect(objectChunks(1, { choice: 2 })[0]?.choices?.[0]?.index).toBe(2);
  });
});
