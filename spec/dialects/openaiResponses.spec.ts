import { NEVER } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { openaiResponses } from '../../lib/dialects/responses/openaiResponses';
import { responses } from '../../lib/dialects/responses/responses';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import type { TransportRequest } from '../../lib/transport/transport';

const minimal: ChatRequest = { model: 'gpt-5.4', messages: [{ role: 'user', content: 'Hi' }] };
const schema = { type: 'object' } as const;

/* eslint-disable @typescript-eslint/no-deprecated -- a server may still receive these fields */
/** Every field of a chat completion, with a value, and the field of `/responses` that receives it; `null` for none. */
const fields: Required<{
  readonly [Field in keyof Omit<ChatRequest, 'extra' | 'stream'>]: readonly [
    ChatRequest[Field],
    string | null,
  ];
}> = {
  model: ['gpt-5.4', 'model'],
  messages: [minimal.messages, 'input'],
  // Usage is always sent.
  stream_options: [{ include_usage: true, include_obfuscation: false }, 'stream_options'],
  audio: [{ voice: 'alloy', format: 'wav' }, null],
  frequency_penalty: [1, null],
  function_call: ['auto', null],
  functions: [[{ name: 'f' }], null],
  logit_bias: [{ 1: 1 }, null],
  logprobs: [true, 'include'],
  max_completion_tokens: [5, 'max_output_tokens'],
  max_tokens: [5, 'max_output_tokens'],
  metadata: [{ a: 'b' }, 'metadata'],
  modalities: [['text'], null],
  moderation: [{ model: 'omni-moderation-latest' }, 'moderation'],
  n: [2, null],
  parallel_tool_calls: [false, 'parallel_tool_calls'],
  prediction: [{ type: 'content', content: 'x' }, null],
  presence_penalty: [1, null],
  prompt_cache_key: ['k', 'prompt_cache_key'],
  prompt_cache_options: [{}, 'prompt_cache_options'],
  prompt_cache_retention: ['24h', 'prompt_cache_retention'],
  reasoning_effort: ['high', 'reasoning'],
  response_format: [{ type: 'json_schema', json_schema: { name: 'x', schema } }, 'text'],
  safety_identifier: ['s', 'safety_identifier'],
  seed: [7, null],
  service_tier: ['flex', 'service_tier'],
  stop: ['\n', null],
  store: [true, 'store'],
  temperature: [0, 'temperature'],
  tool_choice: [{ type: 'function', function: { name: 'f' } }, 'tool_choice'],
  tools: [[{ type: 'function', function: { name: 'f' } }], 'tools'],
  top_logprobs: [2, 'top_logprobs'],
  top_p: [1, 'top_p'],
  user: ['u', 'user'],
  verbosity: ['low', 'text'],
  web_search_options: [{}, null],
};

function send(request: ChatRequest): {
  readonly body: Record<string, unknown>;
  readonly removed: readonly string[];
} {
  let sent: TransportRequest | undefined;
  const removed: string[] = [];
  const transport = responses((each) => {
    sent = each;
    return NEVER;
  });
  const hooks = { onRemovedField: (field: string) => removed.push(field) };
  chatCompletion$({ ...openaiResponses, transport, hooks }, request)
    .subscribe()
    .unsubscribe();
  return { body: JSON.parse(sent?.body ?? '{}') as Record<string, unknown>, removed };
}

/** Fields of every request. */
const always = Object.keys(send(minimal).body);

describe('openaiResponses', () => {
  it.each(Object.entries(fields))(
    'sends %s under the name that the API has for it, or reports it',
    (field, [value, name]) => {
      const { body, removed } = send({ ...minimal, [field]: value });
      expect(removed).toEqual(name === null ? [field] : []);
      expect(Object.keys(body).sort()).toEqual(
        [...new Set([...always, ...(name === null ? [] : [name])])].sort(),
      );
      expect(JSON.stringify(body)).not.toContain('"include_usage"');
    },
  );

  it('rejects the fields that the API does not have, and the name of a message', () => {
    const without = Object.entries(fields).flatMap(([field, [, name]]) => (name === null ? [field] : []));
    expect(openaiResponses.profile.rejects).toEqual([...without, 'messages[].name'].sort());
    const { body, removed } = send({ ...minimal, messages: [{ role: 'user', content: 'Hi', name: 'Ada' }] });
    expect(removed).toEqual(['messages[].name']);
    expect(body.input).toEqual([{ type: 'message', role: 'user', content: 'Hi' }]);
  });

  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(openaiResponses))).toEqual(openaiResponses);
  });
});
