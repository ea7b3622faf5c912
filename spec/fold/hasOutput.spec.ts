import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { hasOutput } from '../../lib/fold/hasOutput';
import { restart } from './chunks';

const withDelta = (delta: object): ChatCompletionChunk =>
  JSON.parse(
    JSON.stringify({
      choices: [
        { index: 0, delta: {} },
        { index: 1, delta },
      ],
    }),
  ) as ChatCompletionChunk;

describe('hasOutput', () => {
  it.each<[string, object]>([
    ['text', { content: 'a' }],
    ['a blank', { content: ' ' }],
    ['text in parts', { content: [{ type: 'text', text: 'a' }] }],
    ['reasoning in parts', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'a' }] }] }],
    ['reasoning in parts of another type', { content: [{ type: 'reasoning', text: 'a' }] }],
    ['a summary in parts', { content: [{ type: 'reasoning', summary: [{ text: 'a' }] }] }],
    ['an image part', { content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }],
    ['a reference part', { content: [{ type: 'reference', reference_ids: [1] }] }],
    ['reasoning', { reasoning: 'a', content: '' }],
    ['reasoning_content', { reasoning_content: 'a' }],
    ['reasoning_details', { reasoning_details: [{ type: 'reasoning.text', text: 'a' }] }],
    ['encrypted reasoning', { reasoning_details: [{ type: 'reasoning.encrypted', data: 'a' }] }],
    ['a signature', { reasoning_details: [{ type: 'reasoning.text', signature: 'a' }] }],
    ['a refusal', { refusal: 'I will not.' }],
    ['the name of a tool call', { tool_calls: [{ index: 0, function: { name: 'f' } }] }],
    ['the id of a tool call', { tool_calls: [{ index: 0, id: 'a' }] }],
    ['arguments of a tool call', { tool_calls: [{ index: 0, function: { arguments: '{' } }] }],
    ['input of a custom tool', { tool_calls: [{ index: 0, custom: { input: 'S' } }] }],
    ['a function_call', { function_call: { name: 'f' } }],
    ['images', { images: [{ type: 'image_url', image_url: { url: 'data:,' } }] }],
    ['audio data', { audio: { data: 'AA' } }],
    ['an audio transcript', { audio: { id: 'audio_1', transcript: 'Hel' } }],
    ['annotations', { annotations: [{ type: 'url_citation' }] }],
    ['annotations as an object', { annotations: { refs: [] } }],
  ])('is true for %s', (_, delta) => {
    expect(hasOutput(withDelta(delta))).toBe(true);
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['a role', { role: 'assistant' }],
    ['a role with empty fields', { role: 'assistant', content: '', refusal: null, reasoning: '' }],
    [
      'null everywhere',
      { content: null, tool_calls: null, function_call: null, audio: null, annotations: null },
    ],
    ['empty lists', { content: [], tool_calls: [], reasoning_details: [], annotations: [], images: [] }],
    ['empty reasoning parts', { content: [{ type: 'reasoning', summary: [] }] }],
    ['empty text parts', { content: [{ type: 'text', text: '' }] }],
    ['empty text parts of another type', { content: [{ type: 'output_text', text: '' }] }],
    [
      'an empty reasoning block',
      { reasoning_details: [{ type: 'reasoning.text', text: '', signature: '' }] },
    ],
    ['an empty tool call', { tool_calls: [{ index: 0, id: '', function: { name: null, arguments: '' } }] }],
    ['an empty function_call (Snowflake)', { function_call: { name: '', arguments: '' } }],
    ['audio without sound', { audio: { id: 'audio_1', expires_at: 1 } }],
    ['unknown fields', { content_filter_results: { hate: { filtered: false } } }],
  ])('is false for %s', (_, delta) => {
    expect(hasOutput(withDelta(delta))).toBe(false);
  });

  it.each<[string, ChatCompletionChunk]>([
    ['a chunk without choices', {}],
    ['usage', { choices: [], usage: { total_tokens: 3 } }],
    ['a finish reason', { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }],
    ['a choice without a delta (Azure)', { choices: [{ index: 0 }] }],
    ['a mark', restart],
  ])('is false for %s', (_, chunk) => {
    expect(hasOutput(chunk)).toBe(false);
  });
});
