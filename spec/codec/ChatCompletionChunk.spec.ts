import { isRight } from 'fp-ts/Either';

import { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';

const accepts = (chunk: unknown): boolean => {
  const decoded = ChatCompletionChunk.decode(chunk);
  // Unknown fields are kept because nothing is copied.
  if (isRight(decoded)) expect(decoded.right).toBe(chunk);
  return isRight(decoded);
};
const withDelta = (delta: unknown): unknown => ({ choices: [{ index: 0, delta }] });
const withCall = (call: unknown): unknown => withDelta({ tool_calls: [call] });

describe('ChatCompletionChunk', () => {
  it.each<[string, unknown]>([
    ['nothing at all', {}],
    [
      'null for everything',
      { id: null, object: null, created: null, model: null, choices: null, usage: null },
    ],
    [
      'empty words (Azure)',
      { id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: [] },
    ],
    ['another object (Perplexity)', { object: 'chat.completion.done', choices: [] }],
    ['no choices (OpenAI, audio)', { id: '1', usage: null, obfuscation: 'x', system_fingerprint: null }],
    [
      'a choice without a delta (Azure)',
      { choices: [{ index: 0, content_filter_offsets: {}, finish_reason: null }] },
    ],
    ['a choice without an index', { choices: [{ delta: {} }] }],
    ['a delta that is null', withDelta(null)],
    [
      'any finish reason (Together)',
      { choices: [{ index: 0, delta: {}, finish_reason: 'eos', seed: 1e19 }] },
    ],
    ['an empty finish reason', { choices: [{ index: 0, delta: {}, finish_reason: '' }] }],
    [
      'null in a delta (Snowflake)',
      withDelta({ role: null, content: null, tool_calls: null, function_call: null, refusal: null }),
    ],
    [
      'content parts (Mistral)',
      withDelta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }], closed: true }] }),
    ],
    ['content parts of an unknown kind', withDelta({ content: [{ type: 'reference', reference_ids: [1] }] })],
    ['thinking as plain text', withDelta({ content: [{ type: 'thinking', thinking: 'Hm' }] })],
    ['annotations as an object (Copilot)', withDelta({ annotations: { CodeVulnerability: [] } })],
    [
      'annotations as a list',
      withDelta({
        annotations: [{ type: 'url_citation', url_citation: { url: 'https://a', start_index: 0 } }],
      }),
    ],
    ['sound', withDelta({ audio: { id: 'audio_1', data: 'AAAA', transcript: 'Hi', expires_at: 1 } })],
    [
      'a call without index and type (Mistral)',
      withCall({ id: 'a', function: { name: 'f', arguments: '{}' } }),
    ],
    [
      'a call of nulls (Writer)',
      withCall({ index: 0, id: null, type: null, function: { name: null, arguments: null } }),
    ],
    [
      'a call without a function (Gemini)',
      withCall({ index: 0, extra_content: { google: { thought_signature: 'x' } } }),
    ],
    [
      'a custom call',
      withCall({ index: 0, id: 'a', type: 'custom', custom: { name: 'sql', input: 'SELECT' } }),
    ],
    [
      'reasoning blocks',
      withDelta({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', format: null, index: 0 }] }),
    ],
    [
      'token counts of null (Databricks)',
      { choices: [], usage: { prompt_tokens: 3, completion_tokens: null, total_tokens: null } },
    ],
    [
      'usage of any kind (Perplexity)',
      { usage: { cost: { total_cost: 0.1 }, search_context_size: 'low', is_byok: false } },
    ],
    [
      'usage without details',
      { usage: { prompt_tokens_details: null, completion_tokens_details: { reasoning_tokens: null } } },
    ],
    ['usage on a choice (Moonshot)', { choices: [{ index: 0, delta: {}, usage: { total_tokens: 1 } }] }],
    [
      'logprobs without content (DeepSeek)',
      { choices: [{ index: 0, logprobs: { reasoning_content: [{ token: 'a', logprob: -1 }] } }] },
    ],
    [
      'logprobs without bytes (TGI)',
      { choices: [{ index: 0, logprobs: { content: [{ token: 'a', logprob: null, top_logprobs: [] }] } }] },
    ],
    ['logprobs as a number (Together)', { choices: [{ index: 0, logprobs: -0.5 }] }],
    [
      'an error beside choices (OpenRouter)',
      { choices: [{ index: 0, delta: {} }], error: { code: 502, message: 'no' } },
    ],
    ['an error alone', { error: 'text' }],
  ])('takes %s', (_, chunk) => {
    expect(accepts(chunk)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['no object', null],
    ['a list', []],
    ['an id that is a number', { id: 1 }],
    ['choices that are no list', { choices: {} }],
    ['a choice that is null', { choices: [null] }],
    ['an index that is text', { choices: [{ index: '0' }] }],
    ['a finish reason that is no text', { choices: [{ finish_reason: 1 }] }],
    ['content that is a number', withDelta({ content: 1 })],
    ['a content part that is text', withDelta({ content: ['Hi'] })],
    ['reasoning that is an object', withDelta({ reasoning: {} })],
    ['calls that are no list', withDelta({ tool_calls: {} })],
    ['arguments that are an object', withCall({ function: { arguments: {} } })],
    ['an index of a call that is text', withCall({ index: '0' })],
    ['usage that is a number', { usage: 12 }],
  ])('refuses %s, which a fold would trip on', (_, chunk) => {
    expect(accepts(chunk)).toBe(false);
  });
});
