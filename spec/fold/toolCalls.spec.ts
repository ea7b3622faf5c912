import fc from 'fast-check';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { ToolCallDelta } from '../../lib/codec/ToolCallDelta';
import {
  addToolCalls,
  noToolCalls,
  toolCallsIn,
  type AccumulatedToolCall,
  type ToolCallsState,
} from '../../lib/fold/toolCalls';
import { anyChunks, callsWith, chunkWith, endWith, frozen, restart } from './chunks';

const fold = (chunks: readonly ChatCompletionChunk[], choice = 0): ToolCallsState =>
  chunks.reduce((state, chunk) => frozen(addToolCalls(state, frozen(chunk), { choice })), noToolCalls);

const callsOf = (...deltas: readonly (readonly ToolCallDelta[])[]): readonly string[] =>
  fold(deltas.map((pieces) => callsWith(...pieces))).calls.map(
    ({ id, name, arguments: text }) => `${id} ${name}(${text})`,
  );

const piece = (
  fields: Omit<ToolCallDelta, 'function'>,
  name?: string | null,
  text?: string | null,
): ToolCallDelta => ({
  ...fields,
  function: { ...(name !== undefined && { name }), ...(text !== undefined && { arguments: text }) },
});

describe('addToolCalls', () => {
  it('joins the pieces of a call by index', () => {
    expect(
      callsOf(
        [piece({ index: 0, id: 'a', type: 'function' }, 'weather', '')],
        [piece({ index: 0 }, undefined, '{"city"')],
        [piece({ index: 0 }, undefined, ':"Oslo"}')],
      ),
    ).toEqual(['a weather({"city":"Oslo"})']);
  });

  it('keeps apart the pieces of calls that are written at once', () => {
    expect(
      callsOf(
        [piece({ index: 0, id: 'a' }, 'f', '')],
        [piece({ index: 1, id: 'b' }, 'g', '')],
        [piece({ index: 0 }, undefined, '1'), piece({ index: 1 }, undefined, '2')],
      ),
    ).toEqual(['a f(1)', 'b g(2)']);
  });

  it('takes a whole call in one delta (Ollama)', () => {
    expect(callsOf([piece({ index: 0, id: 'a', type: 'function' }, 'f', '{}')])).toEqual(['a f({})']);
  });

  it('takes an index that does not begin at 0', () => {
    expect(callsOf([piece({ index: 3, id: 'a' }, 'f', '1')], [piece({ index: 3 }, undefined, '2')])).toEqual([
      'a f(12)',
    ]);
  });

  it('takes a new id with a name at a used index for another call (Gemini behind OpenRouter)', () => {
    expect(
      callsOf(
        [piece({ index: 0, id: 'a' }, 'f', '1')],
        [piece({ index: 0, id: 'b' }, 'f', '')],
        [piece({ index: 0 }, undefined, '2')],
      ),
    ).toEqual(['a f(1)', 'b f(2)']);
  });

  it.each<[string, ToolCallDelta]>([
    ['null (Venice)', piece({ index: 0, id: null }, null, '2')],
    ['empty (Mistral)', piece({ index: 0, id: '' }, '', '2')],
    ['the same again (TGI)', piece({ index: 0, id: 'a' }, 'f', '2')],
    ['another id alone', piece({ index: 0, id: 'b' }, undefined, '2')],
  ])('keeps the first id and name where later pieces have %s', (_, later) => {
    expect(callsOf([piece({ index: 0, id: 'a' }, 'f', '1')], [later])).toEqual(['a f(12)']);
  });

  it('fills in an id and a name that come late', () => {
    expect(
      callsOf([piece({ index: 0, id: '' }, null, '1')], [piece({ index: 0, id: 'a' }, 'f', '2')]),
    ).toEqual(['a f(12)']);
  });

  it('bears a head without a function, and without arguments', () => {
    expect(callsOf([{ index: 0, id: 'a', function: null }], [piece({ index: 0 }, 'f')])).toEqual(['a f()']);
  });

  it('joins by id where there is no index', () => {
    expect(
      callsOf(
        [piece({ id: 'a' }, 'f', '1')],
        [piece({ id: 'b' }, 'g', '2')],
        [piece({ id: 'a' }, undefined, '3')],
        [piece({ id: null }, undefined, '4')],
      ),
    ).toEqual(['a f(13)', 'b g(24)']);
  });

  it('fills in an id that comes late, without an index too', () => {
    expect(callsOf([piece({}, 'f', '1')], [piece({ id: 'a' }, undefined, '2')])).toEqual(['a f(12)']);
  });

  it('takes whole calls in one delta for as many, without index and id (Mistral, Gemini)', () => {
    expect(callsOf([piece({}, 'f', '1'), piece({}, 'f', '2'), piece({ id: '' }, undefined, '3')])).toEqual([
      ' f(1)',
      ' f(2)',
      ' (3)',
    ]);
  });

  it('takes two named calls in one delta for two, whatever their index', () => {
    expect(callsOf([piece({ index: 0, id: '' }, 'f', '1'), piece({ index: 0, id: '' }, 'g', '2')])).toEqual([
      ' f(1)',
      ' g(2)',
    ]);
  });

  it('goes on with the last call where nothing says which', () => {
    expect(callsOf([piece({}, 'f', '1')], [piece({}, undefined, '2')], [piece({}, 'g', '3')])).toEqual([
      ' f(12)',
      ' g(3)',
    ]);
  });

  it('reads custom tools', () => {
    const { calls } = fold([
      callsWith({ index: 0, id: 'a', type: 'custom', custom: { name: 'sql', input: 'SELECT' } }),
      callsWith({ index: 0, custom: { input: ' 1' } }),
      endWith('tool_calls'),
    ]);
    expect(calls).toEqual([{ id: 'a', type: 'custom', name: 'sql', arguments: 'SELECT 1', complete: true }]);
  });

  it('reads the function_call of old models', () => {
    const { calls } = fold([
      chunkWith({ function_call: { name: 'f', arguments: '' } }),
      chunkWith({ function_call: { arguments: '{}' } }),
      endWith('function_call'),
    ]);
    expect(calls).toEqual([{ id: '', type: 'function', name: 'f', arguments: '{}', complete: true }]);
  });

  it('takes no call from one that is there but empty (Snowflake)', () => {
    expect(
      fold([chunkWith({ tool_calls: [], function_call: { name: '', arguments: '' } }), endWith('stop')])
        .calls,
    ).toEqual([]);
  });

  describe('complete', () => {
    const call = callsWith(piece({ index: 0, id: 'a' }, 'f', '{'));
    const completeAfter = (...chunks: readonly ChatCompletionChunk[]): readonly boolean[] =>
      fold(chunks).calls.map(({ complete }) => complete);

    it.each(['tool_calls', 'stop', 'function_call', 'eos', 'tool_call'])('is true at %s', (reason) => {
      expect(completeAfter(call, endWith(reason))).toEqual([true]);
    });

    it.each(['length', 'content_filter', 'error', 'model_length', 'insufficient_system_resource'])(
      'stays false at %s',
      (reason) => {
        expect(completeAfter(call, endWith(reason))).toEqual([false]);
      },
    );

    it('stays false without a finish reason, an empty one, and one of another choice', () => {
      expect(completeAfter(call, endWith(''), endWith('tool_calls', 1))).toEqual([false]);
    });

    it('is true where the reason comes with the call, and where it comes before', () => {
      const both = { choices: [{ ...call.choices?.[0], finish_reason: 'tool_calls' }] };
      expect([completeAfter(both), completeAfter(endWith('tool_calls'), call)]).toEqual([[true], [true]]);
    });

    it('goes by the last reason', () => {
      expect(completeAfter(call, endWith('tool_calls'), endWith('length'))).toEqual([false]);
    });
  });

  it('gives back the state itself when a chunk adds nothing', () => {
    const state = fold([callsWith(piece({ index: 0, id: 'a' }, 'f', '{}')), endWith('stop')]);
    for (const chunk of [
      {},
      chunkWith({ content: 'Hi' }),
      callsWith(piece({ index: 0 }, '', '')),
      endWith('stop'),
    ]) {
      expect(addToolCalls(state, chunk)).toBe(state);
    }
  });

  it('keeps the list while only a finish reason comes without calls', () => {
    expect(fold([endWith('stop')]).calls).toBe(noToolCalls.calls);
  });

  it('keeps the calls that do not change', () => {
    const before = fold([callsWith(piece({ index: 0 }, 'f', '1'), piece({ index: 1 }, 'g', ''))]);
    const after = addToolCalls(before, callsWith(piece({ index: 1 }, undefined, '2')));
    expect(after.calls[0]).toBe(before.calls[0]);
    expect(after.calls[1]).not.toBe(before.calls[1]);
  });

  it('begins anew at a restart', () => {
    expect(fold([callsWith(piece({ index: 0 }, 'f', '1')), restart])).toBe(noToolCalls);
  });

  it('takes any chunks in any order, and mutates none', () => {
    fc.assert(
      fc.property(anyChunks, fc.nat(2), (chunks, choice) => {
        const { calls } = fold(chunks, choice);
        for (const { id, type, name, arguments: text } of calls) {
          expect([id, type, name, text].map((field) => typeof field)).toEqual(Array(4).fill('string'));
        }
      }),
    );
  });

  it('lets no argument pollute a prototype', () => {
    const { calls } = fold([
      JSON.parse(
        '{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"__proto__":{"polluted":1},' +
          '"function":{"name":"__proto__","arguments":"{\\"__proto__\\":{\\"polluted\\":1}}","__proto__":{"polluted":1}}}]}}]}',
      ) as ChatCompletionChunk,
    ]);
    expect(calls).toEqual([
      {
        id: '',
        type: 'function',
        name: '__proto__',
        arguments: '{"__proto__":{"polluted":1}}',
        complete: false,
      },
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('toolCallsIn', () => {
  const call: AccumulatedToolCall = { id: 'a', type: 'function', name: 'f', arguments: '{}', complete: true };

  it('reads the calls of a whole choice', () => {
    const message = { tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] };
    expect(toolCallsIn({ message, finish_reason: 'tool_calls' })).toEqual([call]);
    expect(toolCallsIn({ message, finish_reason: 'length' })).toEqual([{ ...call, complete: false }]);
    expect(toolCallsIn({ message })).toEqual([{ ...call, complete: false }]);
  });

  it('reads the function_call of old models when there is nothing else', () => {
    const message = { tool_calls: null, function_call: { name: 'f', arguments: '{}' } };
    expect(toolCallsIn({ message, finish_reason: 'function_call' })).toEqual([{ ...call, id: '' }]);
  });

  it.each([{}, { message: null }, { message: { tool_calls: [] } }])('finds none in %j', (choice) => {
    expect(toolCallsIn(choice)).toEqual([]);
  });
});
