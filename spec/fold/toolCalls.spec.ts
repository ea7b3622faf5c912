import fc from 'fast-check';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { ToolCallDelta } from '../../lib/codec/ToolCallDelta';
import { toolCallsIn, type AccumulatedToolCall } from '../../lib/fold/AccumulatedToolCall';
import { addChunk, emptyCompletion } from '../../lib/fold/completion';
import { addFragments, addToolCalls, noToolCalls } from '../../lib/fold/toolCalls';
import type { ToolCallsState } from '../../lib/fold/ToolCallsState';
import { addMoreArguments } from '../../lib/fold/moreArguments';
import { markOf } from '../../lib/codec/mark';
import { anyChunk, anyChunks, callsWith, chunkWith, endWith, frozen, restart } from './chunks';

const fold = (chunks: readonly ChatCompletionChunk[], choice = 0): ToolCallsState =>
  chunks.reduce((state, chunk) => frozen(addToolCalls(state, frozen(chunk), { choice })), noToolCalls);

const callsOf = (...deltas: readonly (readonly ToolCallDelta[])[]): readonly string[] =>
  fold(deltas.map((fragments) => callsWith(...fragments))).calls.map(
    ({ id, name, arguments: text }) => `${id} ${name}(${text})`,
  );

const fragment = (
  fields: Omit<ToolCallDelta, 'function'>,
  name?: string | null,
  text?: string | null,
): ToolCallDelta => ({
  ...fields,
  function: { ...(name !== undefined && { name }), ...(text !== undefined && { arguments: text }) },
});

describe('addToolCalls', () => {
  it('joins the fragments of a call by index', () => {
    expect(
      callsOf(
        [fragment({ index: 0, id: 'a', type: 'function' }, 'weather', '')],
        [fragment({ index: 0 }, undefined, '{"city"')],
        [fragment({ index: 0 }, undefined, ':"Oslo"}')],
      ),
    ).toEqual(['a weather({"city":"Oslo"})']);
  });

  it('separates the fragments of interleaved calls', () => {
    expect(
      callsOf(
        [fragment({ index: 0, id: 'a' }, 'f', '')],
        [fragment({ index: 1, id: 'b' }, 'g', '')],
        [fragment({ index: 0 }, undefined, '1'), fragment({ index: 1 }, undefined, '2')],
      ),
    ).toEqual(['a f(1)', 'b g(2)']);
  });

  it('accepts a complete call in one delta (Ollama)', () => {
    expect(callsOf([fragment({ index: 0, id: 'a', type: 'function' }, 'f', '{}')])).toEqual(['a f({})']);
  });

  it('accepts an index that does not start at 0', () => {
    expect(
      callsOf([fragment({ index: 3, id: 'a' }, 'f', '1')], [fragment({ index: 3 }, undefined, '2')]),
    ).toEqual(['a f(12)']);
  });

  it('reads a new id with a name at a used index as another call (Gemini through OpenRouter)', () => {
    expect(
      callsOf(
        [fragment({ index: 0, id: 'a' }, 'f', '1')],
        [fragment({ index: 0, id: 'b' }, 'f', '')],
        [fragment({ index: 0 }, undefined, '2')],
      ),
    ).toEqual(['a f(1)', 'b f(2)']);
  });

  it.each<[string, ToolCallDelta]>([
    ['null (Venice)', fragment({ index: 0, id: null }, null, '2')],
    ['empty (Mistral)', fragment({ index: 0, id: '' }, '', '2')],
    ['repeated (TGI)', fragment({ index: 0, id: 'a' }, 'f', '2')],
    ['another id alone', fragment({ index: 0, id: 'b' }, undefined, '2')],
  ])('keeps the first id and name where later fragments have %s', (_, later) => {
    expect(callsOf([fragment({ index: 0, id: 'a' }, 'f', '1')], [later])).toEqual(['a f(12)']);
  });

  it('fills in a late id and name', () => {
    expect(
      callsOf([fragment({ index: 0, id: '' }, null, '1')], [fragment({ index: 0, id: 'a' }, 'f', '2')]),
    ).toEqual(['a f(12)']);
  });

  it('accepts a first fragment without a function, and without arguments', () => {
    expect(callsOf([{ index: 0, id: 'a', function: null }], [fragment({ index: 0 }, 'f')])).toEqual([
      'a f()',
    ]);
  });

  it('joins by id if there is no index', () => {
    expect(
      callsOf(
        [fragment({ id: 'a' }, 'f', '1')],
        [fragment({ id: 'b' }, 'g', '2')],
        [fragment({ id: 'a' }, undefined, '3')],
        [fragment({ id: null }, undefined, '4')],
        [fragment({ id: 'b' }, undefined, '5')],
      ),
    ).toEqual(['a f(13)', 'b g(245)']);
  });

  it('reads a new id without an index as another call, with or without a name', () => {
    expect(
      callsOf(
        [fragment({}, 'f', '1')],
        [fragment({ id: 'a' }, 'g', '2')],
        [fragment({ id: 'b' }, undefined, '3')],
      ),
    ).toEqual([' f(1)', 'a g(2)', 'b (3)']);
  });

  it('fills in a late id without an index', () => {
    expect(callsOf([fragment({}, 'f', '1')], [fragment({ id: 'a' }, undefined, '2')])).toEqual(['a f(12)']);
  });

  it('separates complete calls in one delta without index and id (Mistral, Gemini)', () => {
    expect(
      callsOf([fragment({}, 'f', '1'), fragment({}, 'f', '2'), fragment({ id: '' }, undefined, '3')]),
    ).toEqual([' f(1)', ' f(2)', ' (3)']);
  });

  it.each<[string, ...string[]]>([
    ['once', 'weather', ''],
    ['in each fragment (MiniMax)', 'weather', 'weather'],
    ['in pieces (Gemini through gateways)', 'wea', 'ther'],
    ['so far', 'wea', 'weather'],
  ])('joins a name that is sent %s', (_, ...names) => {
    const fragments = names.map((name) => [fragment({ index: 0 }, name, '')]);
    expect(callsOf(...fragments, [fragment({ index: 0 }, undefined, '{}')])).toEqual([' weather({})']);
  });

  it.each<[string, ...string[]]>([
    ['in full (GLM)', '{"a":', '1}', '{"a":1}'],
    ['in full, at once', '{"a":1}', '{"a":1}', '{"a":1}'],
    ['so far (DeepSeek at Qianfan)', '{"a', '{"a":1', '{"a":1}'],
    ['after a placeholder', '{}', '{}', '{"a":1}'],
  ])('has arguments once that are sent again %s', (_, ...texts) => {
    const fragments = texts.map((text) => [fragment({ index: 0 }, undefined, text)]);
    expect(callsOf([fragment({ index: 0, id: 'a' }, 'f', '')], ...fragments)).toEqual(['a f({"a":1})']);
  });

  it.each<[string, ...string[]]>([
    ['that it does not repeat', '{"a":', '{"b":', '{"a":1}', '}}'],
    ['that begin like it', '{"a":', '{"a":', '{"a":1}', '}}'],
    ['that begin like it, in a list', '{"a": [', '{"a": [', '1]}]}'],
  ])('appends an object to arguments %s', (_, ...texts) => {
    const fragments = texts.map((text) => [fragment({ index: 0 }, undefined, text)]);
    expect(callsOf([fragment({ index: 0 }, 'f', '')], ...fragments)).toEqual([` f(${texts.join('')})`]);
  });

  it.each<[string, string, string, ...string[]]>([
    ['the same name', 'f', '{"a":1}', 'f', '{"a":2}'],
    ['another name', 'f', '{"a":1}', 'g', '{"a":1,"b":2}'],
    ['another name, after an empty object', 'f', '{}', 'g', '{"a":2}'],
    ['another name and the same arguments', 'f', '{"a":1}', 'g', '{"a":1}'],
    ['another name, both without arguments', 'f', '{}', 'g', '{}'],
  ])(
    'reads an object after one that has ended as another call, with %s (Gemini)',
    (_, a, first, b, second) => {
      const calls = [fragment({ index: 0, id: '' }, a, first), fragment({ index: 0, id: '' }, b, second)];
      expect(callsOf(...calls.map((call) => [call]))).toEqual([` ${a}(${first})`, ` ${b}(${second})`]);
    },
  );

  it.each<[string, ToolCallDelta, ToolCallDelta]>([
    ['with its name', fragment({ index: 0 }, 'f', '{"a":{}'), fragment({ index: 0 }, 'f', '}')],
    [
      'with its name after a placeholder',
      fragment({ index: 0 }, 'f', '{}'),
      fragment({ index: 0 }, 'f', '{"a":{}}'),
    ],
  ])('continues a call %s', (_, first, second) => {
    expect(callsOf([first], [second])).toEqual([' f({"a":{}})']);
  });

  it.each<ToolCallDelta>([
    {},
    { index: 0 },
    { index: 1, id: '', type: 'function', function: { name: '', arguments: '' } },
    { id: null, type: null, function: null },
    { type: 'custom', custom: { name: null, input: '' } },
  ])('begins no call with %j (LiteLLM)', (nothing) => {
    expect(fold([callsWith(nothing), endWith('tool_calls')])).toEqual(fold([endWith('tool_calls')]));
    expect([callsWith(nothing)].reduce(addChunk, emptyCompletion)).toEqual(
      [chunkWith({})].reduce(addChunk, emptyCompletion),
    );
    const call = fragment({ index: 0, id: 'a' }, 'f', '{}');
    expect(callsOf([nothing], [call], [nothing], [nothing, nothing])).toEqual(['a f({})']);
  });

  it('joins arguments with the id of a call at an index of their own (LocalAI)', () => {
    expect(
      callsOf([fragment({ index: 0, id: 'a' }, 'f', '')], [fragment({ index: 1, id: 'a' }, undefined, '{}')]),
    ).toEqual(['a f({})']);
  });

  it('separates two named calls in one delta, whatever their index', () => {
    expect(
      callsOf([fragment({ index: 0, id: '' }, 'f', '1'), fragment({ index: 0, id: '' }, 'g', '2')]),
    ).toEqual([' f(1)', ' g(2)']);
  });

  it('continues the last call if neither index nor id is sent', () => {
    expect(
      callsOf([fragment({}, 'f', '1')], [fragment({}, undefined, '2')], [fragment({}, 'g', '3')]),
    ).toEqual([' f(12)', ' g(3)']);
  });

  it.each<[string, readonly string[], string]>([
    ['fragments', ['{"a":', '1}'], '{"a":1}'],
    ['complete ones', ['{"a":1}'], '{"a":1}'],
    ['nothing', [], '{}'],
    ['text that is not an object', ['[1]'], '{}[1]'],
  ])('drops an empty object before the arguments (Claude through gateways): %s', (_, texts, expected) => {
    const more = texts.map((text) => [fragment({ index: 0 }, undefined, text)]);
    expect(callsOf([fragment({ index: 0, id: 'a' }, 'f', '{}')], ...more)).toEqual([`a f(${expected})`]);
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

  it('ignores an empty function_call (Snowflake)', () => {
    expect(
      fold([chunkWith({ tool_calls: [], function_call: { name: '', arguments: '' } }), endWith('stop')])
        .calls,
    ).toEqual([]);
  });

  describe('complete', () => {
    const call = callsWith(fragment({ index: 0, id: 'a' }, 'f', '{}'));
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

    it('stays false without a name', () => {
      const nameless = callsWith({ index: 0, id: 'a' }, { index: 1, id: 'b', function: { arguments: '{}' } });
      expect(completeAfter(nameless, endWith('stop'))).toEqual([false, false]);
    });

    it('stays false without a finish reason, an empty one, and one of another choice', () => {
      expect(completeAfter(call, endWith(''), endWith('tool_calls', 1))).toEqual([false]);
    });

    it('is true if the reason is in the chunk of the call or in one before it', () => {
      const both = { choices: [{ ...call.choices?.[0], finish_reason: 'tool_calls' }] };
      expect([completeAfter(both), completeAfter(endWith('tool_calls'), call)]).toEqual([[true], [true]]);
    });

    const json = fc.constantFrom('', '{', '}', '{}', '{"a":', '{"a":1}', '"', '\\', ' ', '1', ',{}');
    const name = fc.constantFrom('f', 'g');
    const called = fc.record({ name, arguments: json }, { requiredKeys: [] });
    const anyFragment = fc.record(
      {
        index: fc.constantFrom(0, 0, 0, 1),
        id: fc.constantFrom('', 'a', 'b'),
        type: fc.constantFrom('function', 'custom'),
        function: called,
        custom: fc.record({ name, input: json }, { requiredKeys: [] }),
      },
      { requiredKeys: ['function'] },
    );
    const anyDelta = fc.record(
      { tool_calls: fc.array(anyFragment, { maxLength: 3 }), function_call: called },
      { requiredKeys: [] },
    );
    const anyReason = fc.constantFrom(null, null, 'stop', 'stop', 'tool_calls', 'length', 'error', '', 'new');
    const entry = fc.record({ delta: anyDelta, finish_reason: anyReason });
    const entries = fc.array(entry, { minLength: 1, maxLength: 2 });

    it('is that of the choice so far, whatever follows or replaces arguments', () => {
      let complete = 0;
      fc.assert(
        fc.property(fc.array(entries, { maxLength: 12 }), (chunks) => {
          let [state, completion] = [noToolCalls, emptyCompletion];
          for (const choices of chunks) {
            const chunk = frozen({ choices });
            state = addToolCalls(state, chunk);
            completion = addChunk(completion, chunk);
            expect(state.calls).toEqual(toolCallsIn(state.choice));
            expect(state.calls).toEqual(toolCallsIn(completion.choices[0] ?? {}));
            complete += state.calls.filter((call) => call.complete && call.arguments !== '').length;
          }
        }),
        { numRuns: 500 },
      );
      expect(complete).toBeGreaterThan(250);
    });

    it('depends on the last reason', () => {
      expect(completeAfter(call, endWith('tool_calls'), endWith('length'))).toEqual([false]);
    });
  });

  it('returns the state itself if a chunk adds nothing', () => {
    const state = fold([callsWith(fragment({ index: 0, id: 'a' }, 'f', '{}')), endWith('stop')]);
    for (const chunk of [
      {},
      chunkWith({ content: 'Hi' }),
      callsWith(fragment({ index: 0 }, '', '')),
      endWith('stop'),
    ]) {
      expect(addToolCalls(state, chunk)).toBe(state);
    }
  });

  it('keeps the list at a finish reason without calls', () => {
    expect(fold([endWith('stop')]).calls).toBe(noToolCalls.calls);
  });

  it('keeps the calls that do not change', () => {
    const before = fold([callsWith(fragment({ index: 0 }, 'f', '1'), fragment({ index: 1 }, 'g', ''))]);
    const after = addToolCalls(before, callsWith(fragment({ index: 1 }, undefined, '2')));
    expect(after.calls[0]).toBe(before.calls[0]);
    expect(after.calls[1]).not.toBe(before.calls[1]);
  });

  it('resets at a restart', () => {
    expect(fold([callsWith(fragment({ index: 0 }, 'f', '1')), restart])).toBe(noToolCalls);
  });

  it('accepts any chunks in any order, and mutates none', () => {
    fc.assert(
      fc.property(anyChunks, fc.nat(2), (chunks, choice) => {
        const { calls } = fold(chunks, choice);
        for (const { id, type, name, arguments: text } of calls) {
          expect([id, type, name, text].map((field) => typeof field)).toEqual(Array(4).fill('string'));
        }
      }),
    );
  });

  it('pollutes no prototype', () => {
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

describe('the shortcut for more arguments', () => {
  const index = fc.constantFrom(0, 0, 0, 1, 2);
  const more = fc
    .tuple(
      index,
      fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('{', '{}')),
      fc.constantFrom({}, {}, {}, { name: 'g' }),
      fc.constantFrom({}, {}, {}, { id: 'b' }),
    )
    .map(([at, text, name, id]) => callsWith({ index: at, ...id, function: { ...name, arguments: text } }));
  const start = index.map((at) =>
    callsWith({ index: at, id: `call_${at}`, function: { name: 'f', arguments: at === 2 ? '{}' : '' } }),
  );
  const chunk = fc.oneof({ weight: 12, arbitrary: more }, { weight: 2, arbitrary: start }, anyChunk);

  const first = callsWith({ index: 0, id: 'call_0', function: { name: 'f', arguments: '' } });

  it('returns what the fold of all chunks returns, after any chunks before', () => {
    let shortcuts = 0;
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 12 }), fc.constantFrom(0, 0, 0, 1), (chunks, choice) => {
        let state = noToolCalls;
        for (const each of [first, ...chunks]) {
          const expected = markOf(each) === undefined ? addFragments(state, each, choice) : noToolCalls;
          if (addMoreArguments(state, each, choice) !== undefined) shortcuts += 1;
          const before = JSON.stringify(state);
          const next = addToolCalls(state, each, { choice });
          expect(next).toStrictEqual(expected);
          expect(JSON.stringify(next)).toBe(JSON.stringify(expected));
          expect(JSON.stringify(state)).toBe(before);
          state = next;
        }
      }),
      { numRuns: 500 },
    );
    expect(shortcuts).toBeGreaterThan(50);
  });

  it('is not taken for a list that is too long to copy', () => {
    const many = Array.from({ length: 80 }, (_, at) =>
      callsWith({ index: at, id: `${at}`, function: { name: 'f' } }),
    );
    const { calls } = fold([...many, callsWith({ index: 79, function: { arguments: '{}' } })]);
    expect(calls[79]).toMatchObject({ id: '79', arguments: '{}' });
    expect(
      addMoreArguments(fold(many), callsWith({ index: 79, function: { arguments: '1' } }), 0),
    ).toBeUndefined();
  });
});

describe('toolCallsIn', () => {
  const call: AccumulatedToolCall = { id: 'a', type: 'function', name: 'f', arguments: '{}', complete: true };

  it('reads the calls of a complete choice', () => {
    const message = { tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] };
    expect(toolCallsIn({ message, finish_reason: 'tool_calls' })).toEqual([call]);
    expect(toolCallsIn({ message, finish_reason: 'length' })).toEqual([{ ...call, complete: false }]);
    expect(toolCallsIn({ message })).toEqual([{ ...call, complete: false }]);
  });

  it('reads the function_call of old models if there are no tool_calls', () => {
    const message = { tool_calls: null, function_call: { name: 'f', arguments: '{}' } };
    expect(toolCallsIn({ message, finish_reason: 'function_call' })).toEqual([{ ...call, id: '' }]);
  });

  it.each([{}, { message: null }, { message: { tool_calls: [] } }])('finds none in %j', (choice) => {
    expect(toolCallsIn(choice)).toEqual([]);
  });
});
