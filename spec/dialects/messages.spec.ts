import { NEVER } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { ollamaNative } from '../../lib/dialects/ollama/ollamaNative';
import { responses } from '../../lib/dialects/responses/responses';
import { RequestError } from '../../lib/errors';
import type { Message } from '../../lib/request/Message';
import type { Transport } from '../../lib/transport/transport';
import { outcomeOf } from '../helpers/reads';

interface Sent {
  readonly body?: { readonly messages?: unknown; readonly input?: unknown };
  readonly error?: unknown;
}

function sentBy(dialect: (transport: Transport) => Transport, messages: readonly object[]): Sent {
  let body: Sent['body'];
  const transport = dialect((request) => {
    body = JSON.parse(request.body ?? '{}') as Sent['body'];
    return NEVER;
  });
  const { error } = outcomeOf(
    chatCompletion$({ transport }, { model: 'any', messages: messages as readonly Message[] }),
  );
  return { body, error };
}

const png = 'data:image/png;base64,aW1n';
const breakpoint = { prompt_cache_breakpoint: { mode: 'explicit' } };
const f = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } };
const custom = { id: 'c2', type: 'custom', custom: { name: 'g', input: '{"b":2}' } };
const output = (text: string): object => ({ type: 'output_text', text });
const answer = (...content: readonly object[]): object => ({ type: 'message', role: 'assistant', content });
const user = (...content: readonly object[]): object => ({ type: 'message', role: 'user', content });
const fOfResponses = { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1}' };
const gOfResponses = { type: 'custom_tool_call', call_id: 'c2', name: 'g', input: '{"b":2}' };
const encrypted = (id: string, after?: readonly number[]): object => ({
  ...{ type: 'reasoning.encrypted', format: 'openai-responses-v1', data: `gA-${id}`, id },
  ...(after && { after }),
});
const reasoningItem = (id: string): object => ({
  ...{ type: 'reasoning', id, summary: [], encrypted_content: `gA-${id}` },
});

/** A message, and what each dialect sends for it; a text is a part of the RequestError. */
type Row = readonly [name: string, messages: readonly object[], ollama: unknown, responses: unknown];

const rows: readonly Row[] = [
  [
    'text of the system',
    [{ role: 'system', content: 'Be brief.' }],
    [{ role: 'system', content: 'Be brief.' }],
    [{ type: 'message', role: 'system', content: 'Be brief.' }],
  ],
  [
    'text of the developer, in parts',
    [
      {
        role: 'developer',
        content: [
          { type: 'text', text: 'Be' },
          { type: 'text', text: 'brief.' },
        ],
      },
    ],
    [{ role: 'system', content: 'Be\n\nbrief.' }],
    [
      {
        ...{ type: 'message', role: 'developer' },
        content: [
          { type: 'input_text', text: 'Be' },
          { type: 'input_text', text: 'brief.' },
        ],
      },
    ],
  ],
  [
    'an empty text',
    [{ role: 'user', content: '' }],
    [{ role: 'user', content: '' }],
    [{ type: 'message', role: 'user', content: '' }],
  ],
  ['no parts', [{ role: 'user', content: [] }], [{ role: 'user', content: '' }], [user()]],
  [
    'text with a mark for the prompt cache',
    [{ role: 'user', content: [{ type: 'text', text: 'Hi', ...breakpoint }] }],
    [{ role: 'user', content: 'Hi' }],
    [user({ type: 'input_text', text: 'Hi', ...breakpoint })],
  ],
  [
    'an image',
    [{ role: 'user', content: [{ type: 'image_url', image_url: { url: png } }] }],
    [{ role: 'user', content: '', images: ['aW1n'] }],
    [user({ type: 'input_image', image_url: png })],
  ],
  [
    'an image with a detail and a mark',
    [
      {
        role: 'user',
        content: [{ type: 'image_url', image_url: { url: png, detail: 'low' }, ...breakpoint }],
      },
    ],
    [{ role: 'user', content: '', images: ['aW1n'] }],
    [user({ type: 'input_image', image_url: png, detail: 'low', ...breakpoint })],
  ],
  [
    'an image without a type',
    [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:;base64,aW1n' } }] }],
    [{ role: 'user', content: '', images: ['aW1n'] }],
    [user({ type: 'input_image', image_url: 'data:;base64,aW1n' })],
  ],
  [
    'an image at a URL',
    [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] }],
    'images at a URL',
    [user({ type: 'input_image', image_url: 'https://example.com/a.png' })],
  ],
  [
    'an image that is not in base64',
    [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/svg+xml,<svg/>' } }] }],
    'data: URIs in base64',
    [user({ type: 'input_image', image_url: 'data:image/svg+xml,<svg/>' })],
  ],
  [
    'two images around a text',
    [
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: png } },
          { type: 'text', text: 'and' },
          { type: 'image_url', image_url: { url: png } },
        ],
      },
    ],
    [{ role: 'user', content: 'and', images: ['aW1n', 'aW1n'] }],
    [
      user(
        { type: 'input_image', image_url: png },
        { type: 'input_text', text: 'and' },
        { type: 'input_image', image_url: png },
      ),
    ],
  ],
  [
    'audio',
    [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } }] }],
    [{ role: 'user', content: '', images: ['UklG'] }],
    [user({ type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } })],
  ],
  [
    'a file',
    [{ role: 'user', content: [{ type: 'file', file: { file_id: 'f1' }, ...breakpoint }] }],
    'parts of type file',
    [user({ type: 'input_file', file_id: 'f1', ...breakpoint })],
  ],
  [
    'a file in base64',
    [
      {
        role: 'user',
        content: [{ type: 'file', file: { file_data: 'data:application/pdf;base64,x', filename: 'a.pdf' } }],
      },
    ],
    'parts of type file',
    [user({ type: 'input_file', file_data: 'data:application/pdf;base64,x', filename: 'a.pdf' })],
  ],
  [
    'a video',
    [{ role: 'user', content: [{ type: 'video_url', video_url: { url: 'data:,x' } }] }],
    'parts of type video_url',
    // Not translated: the server rejects it by name.
    [user({ type: 'video_url', video_url: { url: 'data:,x' } })],
  ],
  [
    'an answer',
    [{ role: 'assistant', content: 'Hi' }],
    [{ role: 'assistant', content: 'Hi' }],
    [answer(output('Hi'))],
  ],
  [
    'an answer in parts, one a refusal',
    [
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Hi' },
          { type: 'refusal', refusal: 'No' },
        ],
      },
    ],
    [{ role: 'assistant', content: 'Hi\n\nNo' }],
    [answer(output('Hi'), { type: 'refusal', refusal: 'No' })],
  ],
  [
    'a refusal',
    [{ role: 'assistant', content: null, refusal: 'No' }],
    [{ role: 'assistant', content: 'No' }],
    [answer({ type: 'refusal', refusal: 'No' })],
  ],
  [
    'an answer without content',
    [{ role: 'assistant', content: '' }],
    [{ role: 'assistant', content: '' }],
    [],
  ],
  [
    'reasoning',
    [{ role: 'assistant', content: 'Hi', reasoning: 'Hm' }],
    [{ role: 'assistant', content: 'Hi', thinking: 'Hm' }],
    [answer(output('Hi'))],
  ],
  [
    'reasoning in the spelling of DeepSeek',
    [{ role: 'assistant', content: 'Hi', reasoning_content: 'Hm' }],
    [{ role: 'assistant', content: 'Hi', thinking: 'Hm' }],
    [answer(output('Hi'))],
  ],
  [
    'encrypted reasoning',
    [{ role: 'assistant', content: 'Hi', reasoning_details: [encrypted('r')] }],
    [{ role: 'assistant', content: 'Hi' }],
    [reasoningItem('r'), answer(output('Hi'))],
  ],
  [
    'encrypted reasoning of another server',
    [{ role: 'assistant', content: 'Hi', reasoning_details: [{ ...encrypted('r'), format: 'x-v1' }] }],
    [{ role: 'assistant', content: 'Hi' }],
    [answer(output('Hi'))],
  ],
  [
    'encrypted reasoning between text and calls',
    [
      {
        ...{ role: 'assistant', content: 'OneTwo', tool_calls: [f, custom] },
        reasoning_details: [encrypted('a', [0, 0]), encrypted('b', [3, 0]), encrypted('c', [6, 1])],
      },
      { role: 'tool', tool_call_id: 'c1', content: '1' },
    ],
    [
      {
        ...{ role: 'assistant', content: 'OneTwo' },
        tool_calls: [
          { id: 'c1', function: { index: 0, name: 'f', arguments: { a: 1 } } },
          { id: 'c2', function: { index: 1, name: 'g', arguments: { b: 2 } } },
        ],
      },
      { role: 'tool', content: '1', tool_name: 'f', tool_call_id: 'c1' },
    ],
    [
      reasoningItem('a'),
      answer(output('One')),
      reasoningItem('b'),
      answer(output('Two')),
      fOfResponses,
      reasoningItem('c'),
      gOfResponses,
      { type: 'function_call_output', call_id: 'c1', output: '1' },
    ],
  ],
  [
    'a call, and its result in parts',
    [
      { role: 'assistant', tool_calls: [f] },
      { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: '7' }] },
    ],
    [
      {
        ...{ role: 'assistant', content: '' },
        tool_calls: [{ id: 'c1', function: { index: 0, name: 'f', arguments: { a: 1 } } }],
      },
      { role: 'tool', content: '7', tool_name: 'f', tool_call_id: 'c1' },
    ],
    [
      fOfResponses,
      { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: '7' }] },
    ],
  ],
  [
    'a result that is an image',
    [
      { role: 'assistant', tool_calls: [f] },
      { role: 'tool', tool_call_id: 'c1', content: [{ type: 'image_url', image_url: { url: png } }] },
    ],
    [
      {
        ...{ role: 'assistant', content: '' },
        tool_calls: [{ id: 'c1', function: { index: 0, name: 'f', arguments: { a: 1 } } }],
      },
      { role: 'tool', content: '', images: ['aW1n'], tool_name: 'f', tool_call_id: 'c1' },
    ],
    [
      fOfResponses,
      { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_image', image_url: png }] },
    ],
  ],
  [
    'the result of a custom tool',
    [
      { role: 'assistant', content: null, tool_calls: [custom] },
      { role: 'tool', tool_call_id: 'c2', content: '' },
    ],
    [
      {
        ...{ role: 'assistant', content: '' },
        tool_calls: [{ id: 'c2', function: { index: 0, name: 'g', arguments: { b: 2 } } }],
      },
      { role: 'tool', content: '', tool_name: 'g', tool_call_id: 'c2' },
    ],
    [gOfResponses, { type: 'custom_tool_call_output', call_id: 'c2', output: '' }],
  ],
  [
    'a result without its call',
    [{ role: 'tool', tool_call_id: 'c9', content: '7' }],
    [{ role: 'tool', content: '7', tool_call_id: 'c9' }],
    [{ type: 'function_call_output', call_id: 'c9', output: '7' }],
  ],
  [
    'a call with free text',
    [{ role: 'assistant', tool_calls: [{ ...custom, custom: { name: 'g', input: 'free' } }] }],
    'are not a JSON object',
    [{ ...gOfResponses, input: 'free' }],
  ],
  [
    'a call that was cut off',
    [{ role: 'assistant', tool_calls: [{ ...f, function: { name: 'f', arguments: '{"a":' } }] }],
    'are not a JSON object',
    [{ ...fOfResponses, arguments: '{"a":' }],
  ],
  [
    'a call in the deprecated form, and its result',
    [
      { role: 'assistant', content: null, function_call: f.function },
      { role: 'function', name: 'f', content: '7' },
    ],
    [
      {
        ...{ role: 'assistant', content: '' },
        tool_calls: [{ function: { index: 0, name: 'f', arguments: { a: 1 } } }],
      },
      { role: 'tool', content: '7', tool_name: 'f' },
    ],
    [
      { type: 'function_call', call_id: 'f', name: 'f', arguments: '{"a":1}' },
      { type: 'function_call_output', call_id: 'f', output: '7' },
    ],
  ],
  [
    'a message that another one has followed, in its order',
    [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ],
    [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ],
    [
      { type: 'message', role: 'user', content: 'a' },
      answer(output('b')),
      { type: 'message', role: 'user', content: 'c' },
    ],
  ],
];

describe('a message', () => {
  it.each(rows)('of %s is sent by ollamaNative', (_, messages, expected) => {
    const { body, error } = sentBy(ollamaNative, messages);
    if (typeof expected === 'string') {
      expect(error).toBeInstanceOf(RequestError);
      expect(error).toMatchObject({ message: expect.stringContaining(expected) as unknown });
    }
    expect(body?.messages).toEqual(typeof expected === 'string' ? undefined : expected);
  });

  it.each(rows)('of %s is sent by responses', (_, messages, __, expected) => {
    expect(sentBy(responses, messages)).toMatchObject({ error: undefined, body: { input: expected } });
  });
});
