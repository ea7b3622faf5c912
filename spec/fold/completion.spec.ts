import fc from 'fast-check';

import type { ChatCompletion } from '../../lib/codec/ChatCompletion';
import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { Delta } from '../../lib/codec/Delta';
import { markedChunk } from '../../lib/codec/mark';
import { addChunk, emptyCompletion, finishReasonOf, refusalOf, usageOf } from '../../lib/fold/completion';
import { addContent, contentIn } from '../../lib/fold/content';
import { toolCallsIn } from '../../lib/fold/AccumulatedToolCall';
import { addToolCalls, noToolCalls } from '../../lib/fold/toolCalls';
import { anyChunk, anyChunks, chunkWith, endWith, frozen, restart } from './chunks';

const fold = (chunks: readonly ChatCompletionChunk[], begun = emptyCompletion): ChatCompletion =>
  chunks.reduce((completion, chunk) => frozen(addChunk(completion, frozen(chunk))), begun);

const messageOf = (...deltas: readonly Delta[]): unknown =>
  fold(deltas.map((delta) => chunkWith(delta))).choices[0]?.message;

/** Decodes a received chunk; any object may be in it. */
const parsed = (text: string): ChatCompletionChunk => JSON.parse(text) as ChatCompletionChunk;

describe('addChunk', () => {
  it('builds what the server sends without streaming', () => {
    const head = {
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 7,
      model: 'm',
      system_fingerprint: 'fp',
    };
    const choice = { index: 0, logprobs: null, finish_reason: null };
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
    expect(
      fold([
        {
          ...head,
          obfuscation: 'ab',
          choices: [{ ...choice, delta: { role: 'assistant', content: '', refusal: null } }],
          usage: null,
        },
        { ...head, obfuscation: 'c', choices: [{ ...choice, delta: { content: 'Hel' } }], usage: null },
        { ...head, obfuscation: '', choices: [{ ...choice, delta: { content: 'lo' } }], usage: null },
        {
          ...head,
          obfuscation: 'd',
          choices: [{ ...choice, delta: {}, finish_reason: 'stop' }],
          usage: null,
        },
        { ...head, obfuscation: '', choices: [], usage },
      ]),
    ).toEqual({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 7,
      model: 'm',
      system_fingerprint: 'fp',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage,
    });
  });

  it('orders choices by their index', () => {
    const { choices } = fold([
      chunkWith({ content: 'c' }, 2),
      chunkWith({ content: 'a' }, 0),
      chunkWith({ content: 'b' }, 1),
      chunkWith({ content: 'a' }, 0),
      endWith('stop', 1),
    ]);
    expect(
      choices.map(({ index, message, finish_reason }) => [index, message?.content, finish_reason]),
    ).toEqual([
      [0, 'aa', null],
      [1, 'b', 'stop'],
      [2, 'c', null],
    ]);
  });

  it('has null content and the role assistant by default', () => {
    expect(messageOf({ reasoning: 'Hm' })).toEqual({ role: 'assistant', content: null, reasoning: 'Hm' });
  });

  it.each<[string, readonly Delta[], Delta]>([
    ['refusals', [{ refusal: 'I ' }, { refusal: 'will not.' }], { refusal: 'I will not.' }],
    ['reasoning', [{ reasoning: 'a' }, { reasoning: null }, { reasoning: 'b' }], { reasoning: 'ab' }],
    ['reasoning_text', [{ reasoning_text: 'a' }, { reasoning_text: 'b' }], { reasoning_text: 'ab' }],
    ['thinking', [{ thinking: 'a' }, { thinking: 'b' }], { thinking: 'ab' }],
    [
      'reasoning_content',
      [{ reasoning_content: 'a' }, { reasoning_content: 'b' }],
      { reasoning_content: 'ab' },
    ],
    [
      'sound',
      [
        { audio: { id: 'audio_1', transcript: 'Hel' } },
        { audio: { data: 'AA' } },
        { audio: { data: 'BB', transcript: 'lo' } },
        { audio: { expires_at: 9 } },
      ],
      { audio: { id: 'audio_1', transcript: 'Hello', data: 'AABB', expires_at: 9 } },
    ],
    [
      'annotations',
      [{ annotations: [{ type: 'a' }] }, { annotations: [] }, { annotations: [{ type: 'b' }] }],
      { annotations: [{ type: 'a' }, { type: 'b' }] },
    ],
    [
      'a function_call',
      [
        { function_call: { name: 'f' } },
        { function_call: { arguments: '{' } },
        { function_call: { arguments: '}' } },
      ],
      { function_call: { name: 'f', arguments: '{}' } },
    ],
    ['unknown lists', [{ images: [1] } as Delta, { images: [2] } as Delta], { images: [1, 2] } as Delta],
    [
      'unknown values, the latest',
      [{ own: 1 } as Delta, { own: 2 } as Delta, { own: null } as Delta],
      { own: 2 } as Delta,
    ],
    [
      'nulls',
      [{ tool_calls: null, function_call: null, refusal: null }],
      { tool_calls: null, function_call: null, refusal: null },
    ],
  ])('joins %s', (_, deltas, message) => {
    expect(messageOf(...deltas)).toEqual({ role: 'assistant', content: null, ...message });
  });

  it('joins content parts of one type (Mistral)', () => {
    const thought = (text: string): Delta => ({
      content: [{ type: 'thinking', thinking: [{ type: 'text', text }] }],
    });
    expect(
      messageOf({ content: '' }, thought('12 '), thought('* 12'), { content: '14' }, { content: '4' }),
    ).toEqual({
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: [{ type: 'text', text: '12 * 12' }] },
        { type: 'text', text: '144' },
      ],
    });
  });

  it('separates content parts of different types', () => {
    const reference = { type: 'reference', reference_ids: [1] };
    expect(
      messageOf({ content: 'a' }, { content: [reference, reference, { type: 'text', text: 'b' }] }),
    ).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: 'a' }, reference, reference, { type: 'text', text: 'b' }],
    });
  });

  it('joins the fragments of a reasoning block, and separates blocks (OpenRouter)', () => {
    const format = 'anthropic-claude-v1';
    const fragments = [
      { type: 'reasoning.text', text: '', signature: '', format, index: 0 },
      { type: 'reasoning.text', text: 'Two', format, index: 0 },
      { type: 'reasoning.text', text: ' and two', format, index: 0 },
      { type: 'reasoning.text', signature: 'sig', format, index: 0 },
      { type: 'reasoning.summary', summary: 'S', index: 1 },
      { type: 'reasoning.summary', summary: 'T', id: 'rs_1', index: 1 },
      { type: 'reasoning.summary', summary: 'U', id: 'rs_2', index: 1 },
      { type: 'reasoning.encrypted', data: 'x', id: 'rs_1', index: 1 },
      { type: 'reasoning.encrypted', data: 'y', id: 'rs_1', index: 1 },
    ];
    expect(messageOf(...fragments.map((fragment) => ({ reasoning_details: [fragment] })))).toEqual({
      role: 'assistant',
      content: null,
      reasoning_details: [
        { type: 'reasoning.text', text: 'Two and two', signature: 'sig', format, index: 0 },
        { type: 'reasoning.summary', summary: 'ST', id: 'rs_1', index: 1 },
        { type: 'reasoning.summary', summary: 'U', id: 'rs_2', index: 1 },
        { type: 'reasoning.encrypted', data: 'x', id: 'rs_1', index: 1 },
        { type: 'reasoning.encrypted', data: 'y', id: 'rs_1', index: 1 },
      ],
    });
  });

  const first = { type: 'thinking', thinking: 'Two', signature: null };
  const second = { type: 'thinking', thinking: ' and two', signature: '' };
  const whole = { type: 'thinking', thinking: 'Two and two', signature: 'sig' };
  const redacted = { type: 'redacted_thinking', data: 'x' };
  it.each<[string, readonly unknown[], readonly unknown[]]>([
    ['whose signature is last', [first, second, { ...whole, thinking: '' }], [whole]],
    ['whose signature is beside all of the text again', [first, second, whole], [whole]],
    ['that is sent once', [whole], [whole]],
    [
      'and separates those after it',
      [first, second, whole, first, redacted, redacted],
      [whole, first, redacted, redacted],
    ],
    ['and leaves out what is not a block', [first, null, 'x', { ...second, signature: 'sig' }], [whole]],
  ])('joins the fragments of a thinking block %s (LiteLLM)', (_, fragments, thinking_blocks) => {
    const deltas = [...fragments.map((fragment) => [fragment]), null].map((blocks): object => ({
      thinking_blocks: blocks,
    }));
    expect(messageOf(...deltas)).toEqual({
      role: 'assistant',
      content: null,
      thinking_blocks,
    });
  });

  it('joins tool calls without their index, and keeps their unknown fields', () => {
    const extra_content = { google: { thought_signature: 'abc' } };
    const fragments = [
      { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } },
      { index: 0, function: { arguments: '{}' }, extra_content },
      { index: 1, id: 'b', type: 'custom', custom: { name: 'sql', input: 'SELECT' } },
      { index: 1, custom: { input: ' 1' } },
      { id: '', function: { name: 'g' } },
    ];
    expect(messageOf(...fragments.map((fragment) => ({ tool_calls: [fragment] })))).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content },
        { id: 'b', type: 'custom', custom: { name: 'sql', input: 'SELECT 1' } },
        { id: '', type: 'function', function: { name: 'g', arguments: '' } },
      ],
    });
  });

  it('keeps the last finish reason that is not empty', () => {
    const reasons = [null, 'tool_calls', '', 'stop', null].map((finish_reason) => ({
      choices: [{ index: 0, finish_reason }],
    }));
    expect(fold(reasons).choices[0]?.finish_reason).toBe('stop');
    expect(fold([endWith('')]).choices[0]?.finish_reason).toBeNull();
  });

  it('keeps the last usage, of the chunk or of a choice', () => {
    const usages = [{ total_tokens: 1 }, null, { total_tokens: 2 }, null, {}, { total_tokens: null }].map(
      (usage) => ({
        choices: [],
        usage,
      }),
    );
    expect(fold(usages).usage).toEqual({ total_tokens: 2 });
    expect(fold([{ usage: {} }]).usage).toEqual({});
    expect(fold([{ usage: {} }, ...usages]).usage).toEqual({ total_tokens: 2 });
    expect(fold([{ choices: [{ index: 0, delta: {}, usage: { total_tokens: 3 } }] }])).toEqual({
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: null }, finish_reason: null }],
      usage: { total_tokens: 3 },
    });
  });

  it('keeps the first id, model and time that are not empty', () => {
    const chunks: readonly ChatCompletionChunk[] = [
      { id: '', object: '', created: 0, model: '', system_fingerprint: null, service_tier: '' },
      {
        id: '1',
        object: 'chat.completion.chunk',
        created: 7,
        model: 'm',
        system_fingerprint: 'fp',
        service_tier: 'default',
      },
      { id: '2', object: 'chat.completion.done', created: 8, model: 'n', system_fingerprint: null },
    ];
    expect(fold(chunks)).toEqual({
      id: '1',
      object: 'chat.completion',
      created: 7,
      model: 'm',
      system_fingerprint: 'fp',
      service_tier: 'default',
      choices: [],
    });
  });

  it('keeps the latest value of unknown fields, on chunk and choice', () => {
    expect(
      fold([
        parsed(
          '{"x_groq":{"id":"a"},"choices":[{"index":0,"delta":{},"seed":1,"native_finish_reason":null}]}',
        ),
        parsed(
          '{"timings":{"n":1},"x_groq":null,"choices":[{"index":0,"delta":{},"native_finish_reason":"STOP"}]}',
        ),
      ]),
    ).toEqual({
      object: 'chat.completion',
      x_groq: { id: 'a' },
      timings: { n: 1 },
      choices: [
        {
          index: 0,
          seed: 1,
          native_finish_reason: 'STOP',
          message: { role: 'assistant', content: null },
          finish_reason: null,
        },
      ],
    });
  });

  it('leaves out the fields of the stream alone', () => {
    const chunk = parsed(
      '{"obfuscation":"a","p":"abc","error":{"code":502},"choices":[{"index":0,"delta":{"content":"Hi"},' +
        '"message":{"content":"all"},"text":"Hi","obfuscation":"b"}]}',
    );
    expect(fold([chunk])).toEqual({
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: null }],
    });
  });

  it('joins the tokens of each chunk (vLLM)', () => {
    const chunks = [[1, 2], [3], null].map((token_ids) => ({
      choices: [{ index: 0, delta: {}, token_ids }],
    }));
    expect(fold(chunks).choices[0]).toMatchObject({ token_ids: [1, 2, 3] });
  });

  it('continues a completion that was stored as JSON', () => {
    const chunks = ['{', '"a"', ':1}'].map((text) => ({
      choices: [
        {
          index: 0,
          delta: { content: text, tool_calls: [{ index: 0, function: { arguments: text } }] },
          logprobs: { content: [{ token: text }] },
        },
      ],
    }));
    const stored = JSON.parse(JSON.stringify(fold(chunks.slice(0, 2)))) as ChatCompletion;
    expect(fold(chunks.slice(2), stored)).toEqual(fold(chunks));
  });

  it('returns the completion itself if a chunk adds nothing', () => {
    const completion = fold([
      chunkWith({ content: 'Hi', tool_calls: [{ index: 0, id: 'a' }] }),
      endWith('stop'),
    ]);
    const nothing: readonly ChatCompletionChunk[] = [
      {},
      { choices: [] },
      { object: 'chat.completion.chunk', obfuscation: 'abc' },
      chunkWith({}),
      chunkWith({ role: 'assistant', content: '' }),
      chunkWith({ tool_calls: [{ index: 0, id: '' }] }),
      endWith('stop'),
      markedChunk({ kind: 'ended-without-reason' }),
    ];
    for (const chunk of nothing) expect(addChunk(completion, chunk)).toBe(completion);
  });

  it('shares the parts that a chunk does not change', () => {
    const before = fold([
      chunkWith({ content: 'a' }, 0),
      chunkWith({ content: 'b', tool_calls: [{ index: 0, id: 'x' }] }, 1),
    ]);
    const after = addChunk(before, chunkWith({ content: 'c' }, 1));
    expect(after.choices[0]).toBe(before.choices[0]);
    expect(after.choices[1]?.message?.tool_calls).toBe(before.choices[1]?.message?.tool_calls);
  });

  it('resets at a restart', () => {
    expect(fold([chunkWith({ content: 'Hi' }), restart])).toBe(emptyCompletion);
  });

  it('accepts any chunks in any order, and mutates neither them nor earlier completions', () => {
    fc.assert(
      fc.property(anyChunks, anyChunk, (chunks, last) => {
        const before = fold(chunks);
        const text = JSON.stringify(before);
        addChunk(before, last);
        expect(JSON.stringify(before)).toBe(text);
        expect(JSON.stringify(fold(chunks))).toBe(text);
      }),
    );
  });

  it('returns the same result whether it is read on the way or not', () => {
    fc.assert(
      fc.property(anyChunks, (chunks) => {
        expect(JSON.stringify(chunks.reduce(addChunk, emptyCompletion))).toBe(JSON.stringify(fold(chunks)));
      }),
    );
  });

  it('agrees with the other folds for each choice', () => {
    fc.assert(
      fc.property(anyChunks, (chunks) => {
        const since = chunks.slice(chunks.lastIndexOf(restart) + 1);
        for (const choice of fold(chunks).choices) {
          const index = choice.index ?? 0;
          expect(contentIn(choice.message ?? {})).toBe(
            since.reduce((text, chunk) => addContent(text, chunk, { choice: index }), ''),
          );
          expect(choice.message?.refusal ?? '').toBe(
            since.reduce((text, chunk) => text + refusalOf(chunk, { choice: index }), ''),
          );
          expect(toolCallsIn(choice)).toEqual(
            since.reduce((state, chunk) => addToolCalls(state, chunk, { choice: index }), noToolCalls).calls,
          );
          expect(choice.finish_reason).toBe(
            since.reduce<string | null>(
              (reason, chunk) => finishReasonOf(chunk, { choice: index }) ?? reason,
              null,
            ),
          );
        }
        expect(fold(chunks).usage ?? null).toEqual(
          since.reduce<unknown>((usage, chunk) => usageOf(chunk) ?? usage, null),
        );
      }),
    );
  });

  it('drops prototype keys and pollutes no prototype', () => {
    const evil = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}';
    const chunk = parsed(
      `{${evil},"choices":[{${evil},"index":0,"logprobs":{${evil},"content":[{}]},"delta":{${evil},"content":[{"type":"text","text":"a",${evil}}],` +
        `"tool_calls":[{${evil},"index":0,"function":{${evil},"name":"f"}}],"audio":{${evil}},"reasoning_details":[{${evil},"type":"reasoning.text"}]}}]}`,
    );
    const completion = fold([chunk, chunk, chunk]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const objects: readonly (object | null | undefined)[] = [
      completion,
      completion.choices[0],
      completion.choices[0]?.logprobs as object,
      completion.choices[0]?.message,
      completion.choices[0]?.message?.audio,
      completion.choices[0]?.message?.tool_calls?.[0],
      completion.choices[0]?.message?.tool_calls?.[0]?.function,
    ];
    for (const object of objects) {
      expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
      expect(Object.keys(object ?? {})).not.toContain('__proto__');
    }
  });
});

describe('usageOf', () => {
  it('reads the chunk, then its choices', () => {
    expect(usageOf({})).toBeNull();
    expect(usageOf({ usage: {} })).toBeNull();
    expect(usageOf({ usage: { total_tokens: null }, choices: [{ usage: { total_tokens: 1 } }] })).toEqual({
      total_tokens: 1,
    });
    expect(usageOf({ usage: null, choices: [{ usage: null }, { usage: { total_tokens: 1 } }] })).toEqual({
      total_tokens: 1,
    });
    expect(usageOf({ usage: { total_tokens: 2 }, choices: [{ usage: { total_tokens: 1 } }] })).toEqual({
      total_tokens: 2,
    });
  });
});

describe('finishReasonOf', () => {
  it('reads the reason of one choice', () => {
    expect(finishReasonOf(endWith('stop', 1), { choice: 1 })).toBe('stop');
    expect([finishReasonOf({}), finishReasonOf(endWith('')), finishReasonOf(endWith('stop', 1))]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe('refusalOf', () => {
  it('reads the refusal of one choice', () => {
    expect(refusalOf(chunkWith({ refusal: 'No' }, 1), { choice: 1 })).toBe('No');
    expect([
      refusalOf({}),
      refusalOf(chunkWith({ refusal: null })),
      refusalOf(chunkWith({ refusal: 'No' }, 1)),
    ]).toEqual(['', '', '']);
  });
});
