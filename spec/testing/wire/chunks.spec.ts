import { ChatCompletionChunk } from '../../../lib/codec/ChatCompletionChunk';
import {
  textChunk,
  finishChunk,
  reasoningChunk,
  toolCallChunk,
  toolCallChunks,
  usageChunk,
} from '../../../lib/testing/wire/chunks';

const weather = { name: 'weather', arguments: { city: 'Zürich' } };
const deltaOf = (chunk: ChatCompletionChunk) => chunk.choices?.[0]?.delta;

describe('the builders of chunks', () => {
  it('make what the codec takes', () => {
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

  it('put text, reasoning and finish reason where Ollama does', () => {
    expect(deltaOf(textChunk('Hel'))).toEqual({ content: 'Hel' });
    expect(deltaOf(reasoningChunk('Well'))).toEqual({ content: '', reasoning: 'Well' });
    expect(finishChunk('length').choices).toEqual([{ index: 0, delta: {}, finish_reason: 'length' }]);
  });

  it('speak for the choice they are given', () => {
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

  it('stand in map as they are, whose counter is no choice', () => {
    expect(['Hel', 'lo'].map(textChunk)).toEqual([textChunk('Hel'), textChunk('lo')]);
    // @ts-expect-error -- a bare number is no choice
    expect(textChunk('Hel', 1)).toEqual(textChunk('Hel'));
  });

  it('count tokens in a chunk without choices', () => {
    const { choices, usage } = usageChunk(9, 2);
    expect(choices).toEqual([]);
    expect(usage).toEqual({ prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 });
  });
});

describe('a tool call', () => {
  it('comes whole, its arguments as JSON text', () => {
    expect(deltaOf(toolCallChunk(weather))?.tool_calls).toEqual([
      {
        index: 0,
        id: 'call_0',
        type: 'function',
        function: { name: 'weather', arguments: '{"city":"Zürich"}' },
      },
    ]);
  });

  it('comes in pieces: id and name first, then the arguments as they are cut', () => {
    const pieces = toolCallChunks({ ...weather, id: 'x', index: 3 }, ['{"city"', ':"Oslo"}']);
    expect(pieces.map((piece) => deltaOf(piece)?.tool_calls?.[0])).toEqual([
      { index: 3, id: 'x', type: 'function', function: { name: 'weather', arguments: '' } },
      { index: 3, function: { arguments: '{"city"' } },
      { index: 3, function: { arguments: ':"Oslo"}' } },
    ]);
  });

  it('in pieces of their own choice joins to the same arguments, and cuts no character', () => {
    const emoji = { name: 'say', arguments: { text: '👋🏽 '.repeat(20) } };
    const pieces = toolCallChunks(emoji).map(
      (piece) => deltaOf(piece)?.tool_calls?.[0]?.function?.arguments ?? '',
    );
    expect(JSON.parse(pieces.join(''))).toEqual(emoji.arguments);
    expect(pieces.filter((piece) => /^\p{Cs}|\p{Cs}$/u.test(piece))).toEqual([]);
  });

  it('takes a string for the text of its arguments, so that it can be cut short', () => {
    const cut = toolCallChunk({ name: 'weather', arguments: '{"city":"Zü' });
    expect(deltaOf(cut)?.tool_calls?.[0]?.function?.arguments).toBe('{"city":"Zü');
  });
});
