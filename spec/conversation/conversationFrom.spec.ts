import { isLeft, isRight } from 'fp-ts/Either';
import fc from 'fast-check';

import { branchOf } from '../../lib/conversation/branches';
import { conversationFrom } from '../../lib/conversation/conversationFrom';
import { emptyConversation, type ConversationState } from '../../lib/conversation/ConversationState';
import { conversationOf } from '../../lib/conversation/conversationOf';
import { messagesOf } from '../../lib/conversation/messagesOf';
import { reduceConversation } from '../../lib/conversation/reduceConversation';
import { TruncatedError } from '../../lib/errors';
import type { Message } from '../../lib/request/Message';
import { emptyRun } from '../../lib/tools/RunState';
import { newStep } from '../../lib/tools/steps';
import { comparable } from '../helpers/marbles';

const state = conversationOf([
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello' },
  { role: 'user', content: 'And?' },
]);
const json = (value: unknown = state) => JSON.parse(JSON.stringify(value)) as Record<string, never>;
const restored = (value: unknown): ConversationState => {
  const result = conversationFrom(value);
  if (isLeft(result)) throw result.left;
  return result.right;
};
const turn = (id: string, parent: unknown, rest: object = {}) => ({
  kind: 'user',
  id,
  parent,
  message: { role: 'user', content: id },
  ...rest,
});
const withTurns = (turns: object, head: unknown = null) => ({ v: 1, turns, head, next: 1 });

const call = (fields: object = {}) => ({
  id: 'c',
  type: 'function',
  function: { name: 'w', arguments: '{}' },
  ...fields,
});
const reply = { role: 'tool', tool_call_id: 'c', content: '7' };

describe('conversationFrom', () => {
  it('restores status, reasoning, usage, metrics and errors, and stops an answer in flight', () => {
    const asked = reduceConversation(state, { type: 'regenerate' });
    const step = newStep(1, { content: 'Hel', reasoning: 'Hm.', citations: ['https://a.example'] });
    const failing = [
      {
        type: 'run',
        id: '4',
        run: { ...emptyRun, status: 'streaming', content: 'Hel', steps: [step], usage: { prompt_tokens: 9 } },
      },
      {
        type: 'metrics',
        id: '4',
        metrics: {
          attempt: 1,
          end: 'failed',
          firstTokenMs: 1,
          totalMs: 2,
          tokens: 3,
          estimated: true,
          tokensPerSecond: null,
        },
      },
    ] as const;
    const streaming = failing.reduce(reduceConversation, asked);
    const failed = reduceConversation(streaming, { type: 'fail', id: '4', error: new TruncatedError() });
    expect(comparable(restored(json(failed)))).toEqual(comparable(failed));
    expect(restored(json(streaming)).turns['4']).toMatchObject({
      run: { status: 'stopped', content: 'Hel', messages: [{ role: 'assistant', content: 'Hel' }] },
    });
    const thrown = reduceConversation(streaming, { type: 'fail', id: '4', error: new RangeError('far') });
    expect(restored(json(thrown)).turns['4']).toHaveProperty('run.error.message', 'far');
  });

  it.each<[string, unknown]>([
    ['null for no calls', [{ role: 'assistant', content: 'Hi', tool_calls: null, tool_call_id: null }]],
    ['null in a message of the user', [{ role: 'user', content: 'Hi', tool_calls: null }]],
    [
      'a call without an id',
      [
        { role: 'assistant', tool_calls: [call({ id: null })] },
        { role: 'tool', content: '7' },
      ],
    ],
    ['a call without a type', [{ role: 'assistant', tool_calls: [call({ type: undefined })] }, reply]],
    [
      'arguments as an object',
      [{ role: 'assistant', tool_calls: [call({ function: { name: 'w', arguments: {} } })] }, reply],
    ],
    ['no arguments', [{ role: 'assistant', tool_calls: [call({ function: { name: 'w' } })] }, reply]],
    [
      'a custom call',
      [
        { role: 'assistant', tool_calls: [call({ type: 'custom', custom: { name: 'w', input: '' } })] },
        reply,
      ],
    ],
  ])('restores the history of another program, which has %s', (_, messages) => {
    const given = conversationOf(messages as readonly Message[]);
    const again = restored(json(given));
    expect(messagesOf(branchOf(again))).toEqual(messagesOf(branchOf(given)));
    const calls = branchOf(again).flatMap((each) =>
      each.kind === 'user' ? [] : (each.run.steps[0]?.calls ?? []),
    );
    expect(calls.filter(({ status }) => status !== 'done')).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['another version', { ...json(), v: 2 }],
    ['no version', { turns: {}, head: null, next: 1 }],
    ['text', 'Hi'],
    ['null', null],
    ['a list', []],
    ['an id that is not counted', withTurns({ first: turn('first', null) })],
    ['an id that only begins with a count', withTurns({ '1st': turn('1st', null) })],
    ['a next id that has no successor', { ...json(), next: 1e300 }],
    ['a next id of ten digits', { ...json(), next: 1_000_000_000 }],
    ['a turn of another kind', withTurns({ 1: turn('1', null, { kind: 'tool' }) })],
    ['a message without a role', withTurns({ 1: turn('1', null, { message: { content: 'Hi' } }) })],
    ['an id named __proto__', JSON.parse('{"v":1,"turns":{"__proto__":{}},"head":null,"next":1}')],
  ])('returns a SchemaMismatch for %s', (_, value) => {
    const result = conversationFrom(value);
    expect(isLeft(result) && result.left._tag).toBe('SchemaMismatch');
  });

  it.each<[string, unknown, readonly string[]]>([
    ['a missing parent', withTurns({ 2: turn('2', '1') }), ['2']],
    ['a turn that is its own parent', withTurns({ 1: turn('1', '1') }), ['1']],
    ['a cycle', withTurns({ 1: turn('1', '2'), 2: turn('2', '1') }, '2'), ['1', '2']],
    ['a head that is missing', withTurns({ 1: turn('1', null), 2: turn('2', '1') }, '9'), ['1', '2']],
    ['a head named __proto__', withTurns({ 1: turn('1', null) }, '__proto__'), ['1']],
    ['an id that differs from its key', withTurns({ 3: turn('1', null) }, '3'), ['3']],
  ])('mends %s', (_, value, branch) => {
    const mended = restored(value);
    expect(branchOf(mended).map(({ id }) => id)).toEqual(branch);
    expect(mended.next).toBeGreaterThan(Number(mended.head));
    const parents = Object.values(mended.turns).flatMap(({ parent }) => parent ?? []);
    expect(Object.keys(mended.turns)).toEqual(expect.arrayContaining(parents));
  });

  it('restores the branch that was selected', () => {
    expect(restored(json({ ...state, head: '2' })).head).toBe('2');
  });

  it('restores an empty conversation', () => {
    expect(restored(json(emptyConversation))).toEqual(emptyConversation);
  });

  it('restores whatever a conversation takes: the messages of another program, in any form', () => {
    const any = fc.jsonValue({ maxDepth: 2 });
    const record = (fields: Record<string, fc.Arbitrary<unknown>>) =>
      fc.oneof(any, fc.record(fields, { requiredKeys: [] }));
    const types = fc.constantFrom('text', 'thinking', 'reasoning', 'image_url', 'function', 'custom');
    const part = record({ type: types, text: any, thinking: any, summary: any });
    const called = record({ name: fc.oneof(fc.string(), any), arguments: any });
    const calls = fc.array(record({ id: any, type: types, function: called, custom: called, name: any }));
    const roles = fc.constantFrom('user', 'assistant', 'tool', 'system', 'function', 'critic');
    const message = record({
      role: fc.oneof({ weight: 9, arbitrary: roles }, any),
      content: fc.oneof(fc.string(), fc.array(part), any),
      tool_calls: fc.oneof(calls, any),
      tool_call_id: any,
      reasoning: any,
      reasoning_details: fc.oneof(fc.array(part), any),
      images: any,
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 4 }), (values) => {
        const messages = json(values) as unknown as readonly Message[];
        const given = conversationOf(messages);
        const sent = reduceConversation(given, { type: 'send', content: messages });
        for (const each of [given, reduceConversation(sent, { type: 'stop' })]) {
          const again = restored(json(each));
          expect(again).toEqual(each);
          expect(messagesOf(branchOf(again))).toEqual(messagesOf(branchOf(each)));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('returns for any JSON', () => {
    const id = fc.constantFrom('1', '2', '3', '__proto__', 'x');
    const some = fc.oneof(
      fc.jsonValue(),
      fc.record({
        v: fc.constantFrom(1, 2),
        turns: fc.dictionary(
          id,
          fc.oneof(
            fc.record({
              kind: fc.constantFrom('user', 'assistant'),
              id,
              parent: fc.option(id),
              message: fc.oneof(fc.jsonValue(), fc.constant({ role: 'user', content: 'Hi' })),
              run: fc.oneof(fc.jsonValue(), fc.constant(json(emptyRun))),
              metrics: fc.constant(null),
            }),
            fc.jsonValue(),
          ),
        ),
        head: fc.option(id),
        next: fc.integer(),
      }),
    );
    let rights = 0;
    fc.assert(
      fc.property(some, (value) => {
        const result = conversationFrom(value);
        if (!isRight(result)) return;
        rights += 1;
        branchOf(result.right);
        expect(isRight(conversationFrom(json(result.right)))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(rights).toBeGreaterThan(20);
  });
});
