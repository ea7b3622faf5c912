import { isRight } from 'fp-ts/Either';

import { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { rawOf } from '../../lib/codec/raw';

const decoded = (chunk: unknown): ChatCompletionChunk => {
  const either = ChatCompletionChunk.decode(chunk);
  if (isRight(either)) return either.right;
  throw new Error('expected a right');
};
const accepts = (chunk: unknown): boolean => {
  const decoded = ChatCompletionChunk.decode(chunk);
  // A chunk that fits is not copied.
  if (isRight(decoded)) expect(decoded.right).toBe(chunk);
  return isRight(decoded);
};
const withDelta = (delta: unknown): object => ({ choices: [{ index: 0, delta }] });
const withCall = (call: unknown): object => withDelta({ tool_calls: [call] });

describe('ChatCompletionChunk', () => {
  it.each<[string, unknown]>([
    ['an empty object', {}],
    [
      'null for everything',
      { id: null, object: null, created: null, model: null, choices: null, usage: null },
    ],
    [
      'empty strings (Azure)',
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
    ['audio', withDelta({ audio: { id: 'audio_1', data: 'AAAA', transcript: 'Hi', expires_at: 1 } })],
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
  ])('accepts %s', (_, chunk) => {
    expect(accepts(chunk)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['choices that are text', { choices: 'x' }],
    ['a choice that is text', { choices: ['x'] }],
    ['an index that is not a number', { choices: [{ index: 'first' }] }],
    ['a delta that is text', { choices: [{ delta: 'x' }] }],
    ['a finish reason that is a list', { choices: [{ finish_reason: ['stop'] }] }],
    ['a content part that is a list', withDelta({ content: [['Hi']] })],
    ['calls that are text', withDelta({ tool_calls: 'x' })],
    ['a call that is text', withCall('x')],
    ['a name that is an object', withCall({ function: { name: { of: 'f' } } })],
    ['an index of a call that is not a number', withCall({ index: 'first' })],
  ])('rejects %s', (_, chunk) => {
    expect(accepts(chunk)).toBe(false);
  });
});

describe('a field that the answer depends on', () => {
  it.each<[string, unknown, unknown]>([
    ['a numeric token', withDelta({ content: 0.005 }), withDelta({ content: '0.005' })],
    ['a boolean token', withDelta({ content: true }), withDelta({ content: 'true' })],
    ['content that is an object', withDelta({ content: { a: 1 } }), withDelta({ content: '{"a":1}' })],
    [
      'a part without its list',
      withDelta({ content: { type: 'text', text: 'Hi' } }),
      withDelta({ content: [{ type: 'text', text: 'Hi' }] }),
    ],
    [
      'parts that are tokens',
      withDelta({ content: ['Hi', 5, null, true] }),
      withDelta({ content: 'Hi5true' }),
    ],
    [
      'parts that are text, numbers and null',
      withDelta({ content: ['Hi', 5, null, { type: 'text', text: 6 }] }),
      withDelta({
        content: [
          { type: 'text', text: 'Hi' },
          { type: 'text', text: '5' },
          { type: 'text', text: '6' },
        ],
      }),
    ],
    [
      'a part with a text object',
      withDelta({ content: [{ type: 'text', text: { value: 'Hi', annotations: [] } }] }),
      withDelta({ content: [{ type: 'text', text: 'Hi' }] }),
    ],
    ['a numeric reasoning token', withDelta({ reasoning_content: 7 }), withDelta({ reasoning_content: '7' })],
    [
      'reasoning in an object (Envoy)',
      withDelta({ reasoning_content: { text: 'Hm' } }),
      withDelta({ reasoning_content: 'Hm' }),
    ],
    ['an index that is text', { choices: [{ index: '1' }] }, { choices: [{ index: 1 }] }],
    ['an index that is false', { choices: [{ index: false }] }, { choices: [{ index: null }] }],
    [
      'a finish reason that is a number',
      { choices: [{ finish_reason: 1 }] },
      { choices: [{ finish_reason: '1' }] },
    ],
    ['a finish reason of zero', { choices: [{ finish_reason: 0 }] }, { choices: [{ finish_reason: null }] }],
    [
      'a finish reason that is false',
      { choices: [{ finish_reason: false }] },
      { choices: [{ finish_reason: null }] },
    ],
    ['choices of null', { choices: [null] }, { choices: [] }],
    ['choices that are empty text', { choices: '' }, { choices: null }],
    [
      'a choice without its list',
      { choices: { delta: { content: 'Hi' } } },
      { choices: [{ delta: { content: 'Hi' } }] },
    ],
    ['a delta that is an empty list', { choices: [{ delta: [] }] }, { choices: [{ delta: null }] }],
    ['a delta of null', { choices: [{ delta: [null] }] }, { choices: [{ delta: null }] }],
    ['a delta that is false', { choices: [{ delta: false }] }, { choices: [{ delta: null }] }],
    ['calls that are an empty object', withDelta({ tool_calls: {} }), withDelta({ tool_calls: null })],
    ['calls of null', withDelta({ tool_calls: [null] }), withDelta({ tool_calls: [] })],
    [
      'a call without its list',
      withDelta({ tool_calls: { id: 'a' } }),
      withDelta({ tool_calls: [{ id: 'a' }] }),
    ],
    ['a numeric id of a call', withCall({ id: 0 }), withCall({ id: '0' })],
    ['an id of a call that is the text null (Mistral)', withCall({ id: 'null' }), withCall({ id: null })],
    [
      'a name that is the text null',
      withCall({ function: { name: 'null' } }),
      withCall({ function: { name: null } }),
    ],
    ['a numeric name', withCall({ function: { name: 5 } }), withCall({ function: { name: '5' } })],
    ['an index of a call that is text', withCall({ index: '0' }), withCall({ index: 0 })],
    [
      'arguments that are an object',
      withCall({ function: { arguments: { city: 'Oslo' } } }),
      withCall({ function: { arguments: '{"city":"Oslo"}' } }),
    ],
    [
      'arguments that are a number',
      withCall({ function: { arguments: 7 } }),
      withCall({ function: { arguments: '7' } }),
    ],
    [
      'arguments that are an empty list',
      withCall({ function: { arguments: [] } }),
      withCall({ function: { arguments: null } }),
    ],
    [
      'a flat call',
      withCall({ index: 0, id: 'a', name: 'f', arguments: { a: 1 } }),
      withCall({ index: 0, id: 'a', function: { name: 'f', arguments: '{"a":1}' } }),
    ],
    [
      'arguments under the name of the schema (Llama)',
      withCall({ function: { name: 'f', parameters: { a: 1 } } }),
      withCall({ function: { name: 'f', arguments: '{"a":1}' } }),
    ],
    [
      'arguments under another name beside empty ones',
      withCall({ function: { name: 'f', arguments: '', args: '{"a":1}' } }),
      withCall({ function: { name: 'f', arguments: '{"a":1}' } }),
    ],
    [
      'a flat call with an input (Anthropic)',
      withCall({ index: 0, id: 'a', name: 'f', input: { a: 1 } }),
      withCall({ index: 0, id: 'a', function: { name: 'f', arguments: '{"a":1}' } }),
    ],
    [
      'an input of something else',
      withCall({ index: 0, type: 'web_search_call', input: 'Oslo' }),
      withCall({ index: 0, type: 'web_search_call', input: 'Oslo' }),
    ],
    [
      'a function call with parameters',
      withDelta({ function_call: { name: 'f', parameters: { a: 1 } } }),
      withDelta({ function_call: { name: 'f', arguments: '{"a":1}' } }),
    ],
    [
      'a fragment of a flat call',
      withCall({ index: 0, function: null, arguments: '{"' }),
      withCall({ index: 0, function: { arguments: '{"' } }),
    ],
    ['a function that is an empty list', withCall({ function: [] }), withCall({ function: null })],
  ])('is coerced: %s', (_, chunk, expected) => {
    expect(decoded(chunk)).toEqual(expected);
    expect(decoded(expected)).toBe(expected);
    expect(rawOf(decoded(chunk))).toBe(chunk);
  });
});

describe('a field that the answer does not depend on', () => {
  it.each<[string, object, object]>([
    ['an id that is a number', { id: 1, choices: [] }, { choices: [] }],
    ['a time that is text', { created: '5', choices: [] }, { choices: [] }],
    ['a model that is an object', { model: { name: 'm' }, choices: [] }, { choices: [] }],
    ['usage that is empty text', { usage: '' }, {}],
    ['usage that is a number', { usage: 12 }, {}],
    [
      'a count that is text',
      { usage: { total_tokens: '12', prompt_tokens: 5 } },
      { usage: { prompt_tokens: 5 } },
    ],
    ['logprobs that are a list', { choices: [{ index: 0, logprobs: [] }] }, { choices: [{ index: 0 }] }],
    ['a role that is a number', withDelta({ role: 1, content: 'Hi' }), withDelta({ content: 'Hi' })],
    ['a refusal that is an object', withDelta({ refusal: { a: 1 } }), withDelta({})],
    ['a refusal that is false', withDelta({ refusal: false }), withDelta({})],
    [
      'reasoning in a part that is an object',
      withDelta({ content: [{ type: 'thinking', thinking: { type: 'text', text: 'a' } }] }),
      withDelta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'a' }] }] }),
    ],
    ['reasoning that is an object', withDelta({ reasoning: {} }), withDelta({})],
    ['reasoning that is a flag', withDelta({ reasoning: false }), withDelta({})],
    ['thinking that is a flag', withDelta({ thinking: true }), withDelta({})],
    ['reasoning blocks that are text', withDelta({ reasoning_details: 'x' }), withDelta({})],
    ['audio that is text', withDelta({ audio: 'x' }), withDelta({})],
    ['annotations that are text', withDelta({ annotations: 'x' }), withDelta({})],
    ['a type of a call that is a number', withCall({ id: 'a', type: 1 }), withCall({ id: 'a' })],
  ])('is left out, and is in the raw value: %s', (_, chunk, expected) => {
    expect(decoded(chunk)).toEqual(expected);
    expect(JSON.stringify(decoded(chunk))).toBe(JSON.stringify(expected));
    expect(rawOf(decoded(chunk))).toBe(chunk);
  });

  it('does not change the value of the server', () => {
    const chunk = Object.freeze({ id: 1, choices: Object.freeze([Object.freeze({ index: '0' })]) });
    decoded(chunk);
    expect(chunk).toEqual({ id: 1, choices: [{ index: '0' }] });
  });

  it('keeps prototype keys as own fields of a copy', () => {
    const chunk = JSON.parse('{"__proto__":{"choices":5},"id":1,"obfuscation":2}') as object;
    expect(JSON.stringify(decoded(chunk))).toBe('{"__proto__":{"choices":5}}');
    expect(Object.getPrototypeOf(decoded(chunk))).toBe(Object.prototype);
  });
});

describe('rawOf', () => {
  it('returns a chunk that fits', () => {
    const chunk = { choices: [] };
    expect(rawOf(decoded(chunk))).toBe(chunk);
  });

  it('returns the raw value of each changed part, and of no copy', () => {
    const usage = { total_tokens: '12' };
    const chunk = decoded({ choices: [], usage });
    expect(rawOf(chunk.usage ?? {})).toBe(usage);
    const copy = { ...chunk };
    expect(rawOf(copy)).toBe(copy);
  });
});
