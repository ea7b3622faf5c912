import { isRight } from 'fp-ts/Either';

import { ChatCompletion } from '../../lib/codec/ChatCompletion';

const accepts = (completion: unknown): boolean => isRight(ChatCompletion.decode(completion));
const withMessage = (message: unknown): unknown => ({
  choices: [{ index: 0, message, finish_reason: 'stop' }],
});

describe('ChatCompletion', () => {
  it.each<[string, unknown]>([
    ['no choices', { choices: [] }],
    ['no object (Copilot)', { id: '1', created: 1, model: 'm', choices: [] }],
    [
      'no message (Azure, filtered)',
      { choices: [{ index: 0, finish_reason: 'content_filter', content_filter_results: {} }] },
    ],
    ['no content beside calls (Cerebras)', withMessage({ role: 'assistant', tool_calls: [] })],
    [
      'a call with an empty id (Gemini)',
      withMessage({ tool_calls: [{ id: '', type: 'function', function: { name: 'f', arguments: '{}' } }] }),
    ],
    [
      'every field, but empty (Snowflake)',
      withMessage({ content: '', audio: { id: '', data: '' }, function_call: { name: '', arguments: '' } }),
    ],
    ['a finish reason that is null', { choices: [{ index: 0, message: {}, finish_reason: null }] }],
    ['content parts', withMessage({ content: [{ type: 'text', text: 'Hi' }] })],
  ])('accepts %s', (_, completion) => {
    expect(accepts(completion)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['an object without choices', { object: 'list', data: [] }],
    ['choices of null', { choices: null }],
    ['a message that is text', withMessage('Hi')],
    ['a delta that is a number', { choices: [{ delta: 7 }] }],
    ['choices that are empty', { choices: {} }],
    ['calls that are text', withMessage({ tool_calls: 'x' })],
  ])('rejects %s', (_, completion) => {
    expect(accepts(completion)).toBe(false);
  });

  it.each<[string, unknown, unknown]>([
    ['content that is an object', withMessage({ content: { a: 1 } }), withMessage({ content: '{"a":1}' })],
    ['content that is a number', withMessage({ content: 1 }), withMessage({ content: '1' })],
    ['a message that is an empty list', withMessage([]), withMessage(null)],
    [
      'a choice without its list',
      { choices: { message: { content: 'Hi' } } },
      { choices: [{ message: { content: 'Hi' } }] },
    ],
    [
      'arguments that are an object',
      withMessage({ tool_calls: [{ id: 1, function: { name: 'f', arguments: { a: 1 } } }] }),
      withMessage({ tool_calls: [{ id: '1', function: { name: 'f', arguments: '{"a":1}' } }] }),
    ],
    [
      'a flat call',
      withMessage({ tool_calls: [{ id: 'a', name: 'f', arguments: '{}' }] }),
      withMessage({ tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] }),
    ],
    [
      'a call with parameters',
      withMessage({ tool_calls: [{ id: 'a', function: { name: 'f', parameters: { a: 1 } } }] }),
      withMessage({ tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{"a":1}' } }] }),
    ],
    [
      'a delta in place of a message',
      { choices: [{ index: 0, delta: { content: 1 }, finish_reason: 'stop' }] },
      withMessage({ content: '1' }),
    ],
    ['side fields that do not fit', { id: 1, choices: [], usage: '' }, { choices: [] }],
  ])('coerces or leaves out %s', (_, completion, expected) => {
    expect(ChatCompletion.decode(completion)).toEqual({ _tag: 'Right', right: expected });
  });

  it('keeps unknown fields', () => {
    const completion = { choices: [{ message: { own: 1 }, own: 2 }], own: 3 };
    expect(ChatCompletion.decode(completion)).toEqual({ _tag: 'Right', right: completion });
  });
});
