import { isLeft, isRight, left, right } from 'fp-ts/Either';
import fc from 'fast-check';

import { isRecord } from '../../lib/codec/isRecord';
import { branchOf } from '../../lib/conversation/branches';
import type { ConversationEvent } from '../../lib/conversation/ConversationCommand';
import { conversationFrom } from '../../lib/conversation/conversationFrom';
import {
  emptyConversation,
  type AssistantTurn,
  type ConversationState,
} from '../../lib/conversation/ConversationState';
import { conversationOf } from '../../lib/conversation/conversationOf';
import { messagesOf } from '../../lib/conversation/messagesOf';
import { reduceConversation } from '../../lib/conversation/reduceConversation';
import { storedForm } from '../../lib/conversation/storedForm';
import { trimMessages } from '../../lib/conversation/trimMessages';
import { ToolFailed, TruncatedError } from '../../lib/errors';
import type { ChatMetrics } from '../../lib/operators/tapMetrics';
import type { Message } from '../../lib/request/Message';
import { emptyRun } from '../../lib/tools/RunState';
import { newCall, newStep } from '../../lib/tools/steps';
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

const metrics: ChatMetrics = {
  attempt: 1,
  end: 'failed',
  firstTokenMs: 1,
  totalMs: 2,
  tokens: 3,
  estimated: true,
  tokensPerSecond: 4,
};

/** A conversation with a value in each field. */
const everything = [
  {
    type: 'run',
    id: '4',
    run: {
      ...emptyRun,
      status: 'failed',
      steps: [
        newStep(1, {
          content: 'Hel',
          audio: { id: 'a', transcript: 'Hel' },
          annotations: [{ type: 'url_citation' }],
          citations: ['https://a.example'],
          calls: [
            { ...newCall('c', 'w'), status: 'done', input: { a: 1 }, progress: 1, result: right({ b: 1 }) },
            { ...newCall('d', 'w'), status: 'failed', result: left(new ToolFailed('w', 'no')) },
          ],
        }),
      ],
      messages: [{ role: 'assistant', content: 'Hel' }],
      usage: { prompt_tokens: 9 },
      error: new TruncatedError(),
    },
  },
  { type: 'metrics', id: '4', metrics },
].reduce<ConversationState>(
  (before, event) => reduceConversation(before, event as ConversationEvent),
  reduceConversation(
    conversationOf([
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      {
        role: 'assistant',
        content: 'Hello',
        reasoning: 'Hm.',
        images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }],
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'w', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: '7' },
      { role: 'user', content: 'And?' },
    ]),
    { type: 'regenerate' },
  ),
);

/** The paths of all values in a JSON value. */
const pathsIn = (value: unknown): readonly (readonly string[])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, part]) => [[key], ...pathsIn(part).map((path) => [key, ...path])])
    : [];

function replacedAt(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  const copy: Record<string, unknown> = Array.isArray(value)
    ? (value.slice() as never)
    : { ...(value as object) };
  copy[key] = replacedAt(copy[key], rest, other);
  return copy;
}

/** Expects the types of the fields that a screen reads. */
function expectTypes({ run, metrics }: AssistantTurn): void {
  expect(['done', 'stopped', 'failed']).toContain(run.status);
  expect(run.error === null || run.error instanceof Error).toBe(true);
  expect(typeof (metrics?.totalMs ?? 0)).toBe('number');
  for (const { content, reasoning, images, annotations, citations, message, calls } of run.steps) {
    expect([content, reasoning, ...citations].every((text) => typeof text === 'string')).toBe(true);
    expect([...images, ...annotations].every(isRecord)).toBe(true);
    expect(message?.role ?? 'assistant').toBe('assistant');
    for (const { id, name, result } of calls) {
      expect([id, name].every((text) => typeof text === 'string')).toBe(true);
      expect(result?._tag !== 'Left' || result.left instanceof Error).toBe(true);
    }
  }
}

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
      { type: 'metrics', id: '4', metrics: { ...metrics, tokensPerSecond: null } },
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

  it('restores or refuses a conversation with any other value in one place', () => {
    const good = json(storedForm(everything));
    const others = [null, -1, 'x', [null], { a: 1 }];
    let refused = 0;
    for (const path of pathsIn(good)) {
      for (const other of others) {
        const result = conversationFrom(replacedAt(good, path, other));
        if (isLeft(result)) {
          refused += 1;
          continue;
        }
        const branch = branchOf(result.right);
        trimMessages(messagesOf(branch), { maxTokens: 1 });
        for (const each of branch) if (each.kind === 'assistant') expectTypes(each);
        expect(isRight(conversationFrom(json(storedForm(result.right))))).toBe(true);
      }
    }
    expect(refused).toBeGreaterThan(300);
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
