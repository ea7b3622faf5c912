import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { ToolCallDelta } from '../../lib/codec/ToolCallDelta';
import { addChunk, emptyCompletion } from '../../lib/fold/completion';
import { FINISH_REASONS } from '../helpers/finishReasons';
import { toolCallsIn } from '../../lib/fold/AccumulatedToolCall';
import { addToolCalls, noToolCalls } from '../../lib/fold/toolCalls';
import { addToState, endState, waiting } from '../../lib/state/ChatState';
import { callsWith, chunkWith, endWith } from './chunks';

const callsAfter = (...chunks: readonly ChatCompletionChunk[]) =>
  chunks.reduce((state, chunk) => addToolCalls(state, chunk), noToolCalls).calls;
const messageAfter = (...deltas: readonly object[]) =>
  deltas.reduce<typeof emptyCompletion>(
    (completion, delta) => addChunk(completion, chunkWith(delta)),
    emptyCompletion,
  ).choices[0]?.message as Record<string, unknown> | undefined;

describe('a tool call', () => {
  const half = callsWith({
    index: 0,
    id: 'call_1',
    function: { name: 'remove', arguments: '{"path":"/tmp/a' },
  });
  const whole = callsWith({
    index: 0,
    id: 'call_1',
    function: { name: 'remove', arguments: '{"path":"/"}' },
  });

  it.each(FINISH_REASONS.map(({ reason }) => reason))(
    'that is half JSON is never complete at %s',
    (reason) => {
      expect(callsAfter(half, endWith(reason))).toMatchObject([{ complete: false }]);
      const choice = [half, endWith(reason)].reduce((all, chunk) => addChunk(all, chunk), emptyCompletion)
        .choices[0];
      expect(toolCallsIn(choice ?? {})).toMatchObject([{ complete: false }]);
    },
  );

  it.each(FINISH_REASONS.map(({ reason, kind }) => [reason, kind === 'finished'] as const))(
    'that is JSON is at %s complete: %s',
    (reason, complete) => {
      expect(callsAfter(whole, endWith(reason))).toMatchObject([{ complete }]);
    },
  );

  it.each(['', 'null', 'not_finished', 'something new'])('is not complete at %j', (reason) => {
    expect(callsAfter(whole, endWith(reason))).toMatchObject([{ complete: false }]);
  });

  it.each([
    ['', true],
    ['{}', true],
    ['null', true],
    [' {"a": [1, "}"]} ', true],
    ['{"a":1', false],
    ['{}}', false],
    ['Oslo', false],
    [' ', false],
  ])('with the arguments %j is complete: %s', (text, complete) => {
    const call = callsWith({ index: 0, function: { name: 'f', arguments: text } });
    expect(callsAfter(call, endWith('stop'))).toMatchObject([{ complete }]);
  });

  it('of a custom tool is complete with any input', () => {
    const call = callsWith({ index: 0, type: 'custom', custom: { name: 'sql', input: 'SELECT {' } });
    expect(callsAfter(call, endWith('tool_calls'))).toMatchObject([{ complete: true }]);
  });

  it('is complete no more after many finish reasons that contradict each other', () => {
    const reasons = Array.from({ length: 40 }, (_, nth) => endWith(nth % 2 === 0 ? 'length' : 'stop'));
    expect(callsAfter(whole, ...reasons)).toMatchObject([{ complete: false }]);
  });
});

describe('tool-call fragments in an unusual order', () => {
  const bash = { name: 'bash', arguments: '' };
  const ls = '{"command":"ls"}';

  it.each<[string, readonly ToolCallDelta[], count: number]>([
    [
      'the name after the arguments',
      [
        { index: 0, id: 'call_1', function: { arguments: '{"command"' } },
        { index: 0, type: 'function', function: { name: 'bash', arguments: ':"ls"}' } },
      ],
      1,
    ],
    [
      'the type last',
      [
        { index: 0, id: 'call_1', function: { name: 'bash', arguments: ls } },
        { index: 0, type: 'function' },
      ],
      1,
    ],
    [
      'empty ids after the first fragment, and index 0 for each call',
      [
        { index: 0, id: 'a', type: 'function', function: bash },
        { index: 0, id: '', function: { name: null, arguments: ls } },
        { index: 0, id: 'b', type: 'function', function: bash },
        { index: 0, id: '', function: { name: null, arguments: ls } },
      ],
      2,
    ],
    [
      'repeated ids, and index 0 for each call',
      [
        { index: 0, id: '0', type: 'function', function: bash },
        { index: 0, id: '0', function: { name: null, arguments: ls } },
        { index: 0, id: '1', type: 'function', function: bash },
        { index: 0, id: '1', function: { name: null, arguments: ls } },
      ],
      2,
    ],
  ])('join with %s', (_, fragments, count) => {
    const calls = callsAfter(...fragments.map((fragment) => callsWith(fragment)), endWith('tool_calls'));
    expect(calls.map(({ name, arguments: text, complete }) => [name, text, complete])).toEqual(
      Array.from({ length: count }, () => ['bash', ls, true]),
    );
  });
});

describe('a list that a server sends again in each chunk', () => {
  const [a, b, c] = [{ url: 'a', range: [0, 1] }, { url: 'b' }, { url: 'c' }];

  it.each<[string, readonly unknown[][], readonly unknown[]]>([
    [
      'the same list',
      [
        [a, b],
        [a, b],
        [a, b],
      ],
      [a, b],
    ],
    ['a growing list', [[a], [a, b], [a, b, c]], [a, b, c]],
    ['one item at a time', [[a], [b], [c]], [a, b, c]],
    ['an empty list', [[a], [], [a]], [a]],
    ['texts', [['a'], ['a', 'b']], ['a', 'b']],
    ['numbers, which may repeat', [[1], [1], [1, 2]], [1, 1, 1, 2]],
  ])('is joined once: %s', (_, lists, expected) => {
    const copies = lists.map((list) => JSON.parse(JSON.stringify(list)) as unknown[]);
    for (const field of ['citations', 'annotations', 'search_results']) {
      expect(messageAfter(...copies.map((list) => ({ [field]: list })))?.[field]).toEqual(expected);
    }
  });

  it('keeps equal pictures, one in each chunk', () => {
    const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,A' } };
    expect(messageAfter({ images: [picture] }, { images: [{ ...picture }] })).toMatchObject({
      images: [picture, picture],
    });
  });
});

describe('an answer', () => {
  it('has its usage in every chunk, empty roles, and all ends in one chunk', () => {
    const usage = (completion_tokens: number) => ({
      prompt_tokens: 5,
      completion_tokens,
      total_tokens: 5 + completion_tokens,
    });
    const chunks: readonly ChatCompletionChunk[] = [
      {
        choices: [
          { index: 0, delta: { role: '', content: 'Hel', reasoning_content: null }, finish_reason: '' },
        ],
        usage: usage(1),
      },
      { choices: [{ index: 0, delta: { role: '', content: 'lo' }, finish_reason: 'stop' }], usage: usage(2) },
    ];
    const state = endState(chunks.reduce((before, chunk) => addToState(before, chunk), waiting));
    expect(state).toMatchObject({ content: 'Hello', status: 'done', usage: { completion_tokens: 2 } });
  });

  it('has reasoning in two fields, which is read once, with its signature', () => {
    const twice = (text: string) => ({
      role: 'assistant',
      content: '',
      reasoning: text,
      reasoning_details: [{ type: 'reasoning.text', text, format: 'unknown', index: 0 }],
    });
    const signed = {
      content: '',
      reasoning_details: [{ type: 'reasoning.text', signature: 'sig', index: 0 }],
    };
    const deltas = [twice('Let'), twice(' me'), twice(' see.'), signed, { content: 'Hello' }];
    const { state } = deltas.reduce((before, delta) => addToState(before, chunkWith(delta)), waiting);
    expect(state).toMatchObject({ reasoning: 'Let me see.', content: 'Hello' });
    expect(messageAfter(...deltas)).toMatchObject({
      reasoning: 'Let me see.',
      reasoning_details: [{ text: 'Let me see.', signature: 'sig' }],
    });
  });
});
