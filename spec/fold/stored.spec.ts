import fc from 'fast-check';

import type { ChatCompletion } from '../../lib/codec/ChatCompletion';
import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { addChunk, emptyCompletion } from '../../lib/fold/completion';
import { addToolCalls, noToolCalls } from '../../lib/fold/toolCalls';
import type { ToolCallsState } from '../../lib/fold/ToolCallsState';
import { addToState, waiting, type ChatProgress } from '../../lib/state/ChatState';
import { anyChunks, callsWith, chunkWith, endWith, frozen } from './chunks';
import '../helpers/properties';

const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const asClone = <T>(value: T): T => structuredClone(value);

/** Folds with a copy of the state between any two chunks. */
const foldWith =
  <S>(step: (state: S, chunk: ChatCompletionChunk) => S, start: S, copy: (state: S) => S) =>
  (chunks: readonly ChatCompletionChunk[]): S =>
    chunks.reduce((state, chunk) => copy(step(state, chunk)), start);

const completion = (copy: (state: ChatCompletion) => ChatCompletion) =>
  foldWith(addChunk, emptyCompletion, copy);
const toolCalls = (copy: (state: ToolCallsState) => ToolCallsState) =>
  foldWith(addToolCalls, noToolCalls, copy);
const progress = (copy: (state: ChatProgress) => ChatProgress) => foldWith(addToState, waiting, copy);

const fragment = (index: number | undefined, text: string, head = {}): object => ({
  ...(index !== undefined && { index }),
  ...head,
  function: { ...('id' in head && { name: 'f' }), arguments: text },
});
/** Tool calls whose index is not their place, in streams that were cut between two fragments. */
const STREAMS: Readonly<Record<string, readonly ChatCompletionChunk[]>> = {
  'indexes in reverse': [
    callsWith(fragment(7, '{"a"', { id: 'a' }), fragment(3, '{"b"', { id: 'b' })),
    callsWith(fragment(3, ':1}'), fragment(7, ':2}')),
    endWith('tool_calls'),
  ],
  'index 0 for each call (Gemini through OpenRouter)': [
    callsWith(fragment(0, '{"a"', { id: 'a' })),
    callsWith(fragment(0, ':1}')),
    callsWith(fragment(0, '{"b"', { id: 'b' })),
    callsWith(fragment(0, ':2}')),
    endWith('stop'),
  ],
  'indexes above the number of calls': [
    callsWith(fragment(1, '', { id: 'a' })),
    callsWith(fragment(2, '', { id: 'b' })),
    callsWith(fragment(1, '{}')),
    callsWith(fragment(2, '{"b":2}')),
    endWith('tool_calls'),
  ],
  'ids without an index': [
    callsWith(fragment(undefined, '{"a"', { id: 'a' })),
    callsWith(fragment(undefined, '{"b"', { id: 'b' })),
    callsWith({ id: 'a', function: { arguments: ':1}' } }),
    callsWith({ id: 'b', function: { arguments: ':2}' } }),
    endWith('tool_calls'),
  ],
  'arguments after the finish reason': [
    callsWith(fragment(0, '{"a":"', { id: 'a' })),
    endWith('tool_calls'),
    callsWith(fragment(0, '}')),
    callsWith(fragment(0, '"}')),
  ],
  'a hundred calls': [
    ...Array.from({ length: 100 }, (_, nth) => callsWith(fragment(nth * 2, '{', { id: `${nth}` }))),
    ...Array.from({ length: 100 }, (_, nth) => callsWith(fragment(nth * 2, '}'))),
    endWith('tool_calls'),
  ],
};

describe.each<[string, <T>(value: T) => T]>([
  ['stored as JSON', asJson],
  ['cloned', asClone],
  ['deeply frozen', frozen],
])('a state that is %s between two chunks', (_, copy) => {
  const same = <T>(value: T): T => value;

  it.each(Object.entries(STREAMS))('continues tool calls with %s', (_, chunks) => {
    expect(asJson(completion(copy)(chunks))).toEqual(asJson(completion(same)(chunks)));
    expect(asJson(toolCalls(copy)(chunks))).toEqual(asJson(toolCalls(same)(chunks)));
    expect(toolCalls(copy)(chunks).calls.every(({ complete }) => complete)).toBe(true);
  });

  it('continues any answer', () => {
    fc.assert(
      fc.property(anyChunks, (chunks) => {
        expect(asJson(completion(copy)(chunks))).toEqual(asJson(completion(same)(chunks)));
        expect(asJson(toolCalls(copy)(chunks))).toEqual(asJson(toolCalls(same)(chunks)));
        expect(asJson(progress(copy)(chunks))).toEqual(asJson(progress(same)(chunks)));
      }),
    );
  });

  it('continues lists that are longer than an array may be', () => {
    const chunks = Array.from({ length: 150 }, (_, nth) => ({
      choices: [
        { index: nth, delta: { content: [{ type: `part ${nth}` }], annotations: [{ type: `note ${nth}` }] } },
        {
          index: 0,
          delta: { reasoning_details: [{ type: `block ${nth}` }] },
          logprobs: { content: [{ token: 'a' }] },
        },
      ],
    }));
    expect(asJson(completion(copy)(chunks))).toEqual(asJson(completion(same)(chunks)));
  });

  it('does not put the index of a call into the message', () => {
    const { choices } = completion(copy)(STREAMS['indexes in reverse'] ?? []);
    expect(JSON.stringify(choices[0]?.message)).not.toContain('index');
  });
});

/** Whether a value is plain data throughout. */
const isPlain = (value: unknown): boolean =>
  typeof value !== 'object' || value === null
    ? typeof value !== 'function' && typeof value !== 'symbol'
    : (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) &&
      Object.values(value).every(isPlain);

describe('every state', () => {
  it('is plain data', () => {
    fc.assert(
      fc.property(anyChunks, (chunks) => {
        const copy = <T>(value: T): T => value;
        for (const state of [completion(copy)(chunks), toolCalls(copy)(chunks), progress(copy)(chunks)]) {
          expect(isPlain(state)).toBe(true);
        }
      }),
    );
  });

  it('is plain data, of long lists too, and shares what does not change', () => {
    const before = completion((value) => value)(
      Array.from({ length: 200 }, (_, nth) => chunkWith({ tool_calls: [{ index: nth, id: `${nth}` }] })),
    );
    const after = addChunk(before, chunkWith({ content: 'a' }));
    const callsOf = ({ choices }: ChatCompletion): unknown => choices[0]?.message?.tool_calls;
    expect(isPlain(before) && isPlain(after)).toBe(true);
    expect(callsOf(after)).toBe(callsOf(before));
    expect(callsOf(before)).toHaveLength(200);
  });
});
