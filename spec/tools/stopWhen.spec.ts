import { left, right } from 'fp-ts/Either';

import { RequestError, ToolDenied } from '../../lib/errors';
import { addUsage } from '../../lib/tools/addUsage';
import type { ToolStep } from '../../lib/tools/events';
import { calledTool, repeats, usageOver } from '../../lib/tools/stopWhen';

const step = (...calls: readonly (readonly [name: string, args: unknown, failed?: boolean])[]): ToolStep => ({
  step: 1,
  completion: { choices: [], usage: { prompt_tokens: 30, completion_tokens: 10 } },
  calls: calls.map(([name, args, failed = false]) => ({
    id: 'c0',
    name,
    arguments: args,
    result: failed ? left(new ToolDenied(name)) : right(7),
  })),
});

describe('calledTool', () => {
  it.each([
    ['no step', [], false],
    ['another tool', [step(['l', {}])], false],
    ['the tool', [step(['l', {}], ['w', {}])], true],
    ['the tool, which failed', [step(['w', {}, true])], false],
    ['the tool, a step ago', [step(['w', {}]), step(['l', {}])], false],
  ] as const)('with %s: %#', (_, steps, stops) => {
    expect(calledTool('w')(steps)).toBe(stops);
  });
});

describe('repeats', () => {
  const same = step(['w', { a: 1, b: [2] }]);
  it.each([
    ['too few steps', [same, same], false],
    ['three of a kind', [same, same, same], true],
    ['keys in another order', [same, step(['w', { b: [2], a: 1 }]), same], true],
    ['another call beside', [same, step(['l', {}], ['w', { a: 1, b: [2] }]), same], true],
    ['other arguments', [same, step(['w', { a: 2, b: [2] }]), same], false],
    ['another tool', [same, step(['l', { a: 1, b: [2] }]), same], false],
    ['one that was long ago', [same, same, step(['l', {}]), same], false],
    ['text that is not JSON', [step(['w', '{"']), step(['w', '{"']), step(['w', '{"'])], true],
    ['steps without calls', [step(), step(), step()], false],
  ] as const)('with %s', (_, steps, stops) => {
    expect(repeats(3)(steps)).toBe(stops);
  });

  it('is a tool that is called with arguments of any depth', () => {
    const deep = step(['w', JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)]);
    expect(repeats(3)([deep, deep, deep])).toBe(true);
    expect(repeats(3)([deep, same, deep])).toBe(false);
  });

  it('is three of a kind by default', () => {
    expect([repeats()([same, same]), repeats()([same, same, same])]).toEqual([false, true]);
  });
});

describe('a limit that is out of range', () => {
  it.each([1, 0, -1, 2.5, Number.NaN, Infinity])('is refused: %p repeats', (times) => {
    expect(() => repeats(times)).toThrow(RequestError);
  });

  it.each([-1, Number.NaN])('is refused: %p tokens', (tokens) => {
    expect(() => usageOver(tokens)).toThrow(RequestError);
  });
});

describe('usageOver', () => {
  it('adds what the steps cost, prompts included', () => {
    expect([80, 79].map((tokens) => usageOver(tokens)([step(), step()]))).toEqual([false, true]);
  });

  it('never stops a server that does not count', () => {
    expect(usageOver(0)([{ step: 1, completion: { choices: [] }, calls: [] }])).toBe(false);
  });
});

describe('addUsage', () => {
  it('adds field by field, and keeps what cannot be added', () => {
    const one = {
      prompt_tokens: 1,
      completion_tokens: null,
      prompt_tokens_details: { cached_tokens: 1 },
      tier: 'a',
    };
    const other = {
      prompt_tokens: 2,
      completion_tokens: 3,
      total_tokens: 5,
      prompt_tokens_details: null,
      tier: 'b',
    };
    expect(addUsage(one, other)).toEqual({
      prompt_tokens: 3,
      completion_tokens: 3,
      total_tokens: 5,
      prompt_tokens_details: { cached_tokens: 1 },
      tier: 'b',
    });
    expect([addUsage(null, null), addUsage(one, undefined)]).toEqual([null, one]);
  });
});
