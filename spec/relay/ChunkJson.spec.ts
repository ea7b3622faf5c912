import fc from 'fast-check';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { ChunkJson } from '../../lib/relay/ChunkJson';
import { createSlimmer } from '../../lib/relay/slim';

const shared = { usage: null, nested: { a: 1 } };

const text = fc.string({ unit: 'binary' });
const delta = fc.record({ content: fc.option(text), role: fc.constant('assistant') }, { requiredKeys: [] });
const choice = fc.record(
  {
    index: fc.nat(1),
    delta: fc.oneof({ weight: 3, arbitrary: fc.record({ content: text }) }, delta),
    finish_reason: fc.constantFrom(null, 'stop'),
  },
  { requiredKeys: ['index', 'delta'] },
);
const choices = fc.oneof({ weight: 3, arbitrary: fc.tuple(choice) }, fc.array(choice, { maxLength: 2 }));
const chunk = fc.record(
  {
    id: fc.constantFrom('1', '2'),
    model: fc.constantFrom('m', '"a text that no model writes"', 'a text that no model writes'),
    usage: fc.constantFrom(shared.usage, undefined),
    extra: fc.oneof(fc.constant(shared.nested), fc.object({ maxDepth: 1, maxKeys: 2 })),
    choices,
  },
  { requiredKeys: ['id', 'choices'] },
);

/** Chunks that differ from the first in their choices, in any field, or in the order of the fields. */
const chunks = fc
  .tuple(
    chunk,
    fc.array(fc.tuple(fc.oneof({ weight: 4, arbitrary: fc.record({ choices }) }, chunk), fc.boolean()), {
      maxLength: 12,
    }),
  )
  .map(([first, changes]) => [
    first,
    ...changes.map(([change, isBefore]) =>
      isBefore ? { ...change, ...first, ...change } : { ...first, ...change },
    ),
  ]);

describe('ChunkJson', () => {
  it('writes what JSON.stringify writes', () => {
    fc.assert(
      fc.property(chunks, fc.boolean(), (list, slim) => {
        const shapeOf = () => (slim ? createSlimmer() : (chunk: ChatCompletionChunk) => chunk);
        const [json, shape] = [new ChunkJson(shapeOf()), shapeOf()];
        for (const chunk of list as unknown as ChatCompletionChunk[]) {
          expect(json.write(chunk)).toBe(JSON.stringify(shape(chunk)));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('writes deltas of text without shaping each of them', () => {
    let shaped = 0;
    const json = new ChunkJson((chunk) => {
      shaped += 1;
      return chunk;
    });
    for (let i = 0; i < 100; i += 1) {
      const chunk = { id: '1', choices: [{ index: 0, delta: { content: `${i}\n"` }, finish_reason: null }] };
      expect(JSON.parse(json.write(chunk))).toEqual(chunk);
    }
    expect(shaped).toBe(2);
  });

  it('makes no more templates for a server whose chunks all differ', () => {
    let shaped = 0;
    const json = new ChunkJson((chunk) => {
      shaped += 1;
      return chunk;
    });
    for (let i = 0; i < 10; i += 1) json.write({ choices: [{ index: 0, delta: { reasoning: 'a' } }] });
    expect(shaped).toBe(10);
    for (let i = 0; i < 100; i += 1)
      json.write({ id: `${i}`, choices: [{ index: 0, delta: { content: 'a' } }] });
    expect(shaped).toBe(10 + 108);
  });
});
