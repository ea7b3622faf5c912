import fc from 'fast-check';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { ChunkJson } from '../../lib/relay/ChunkJson';
import { createSlimmer } from '../../lib/relay/slim';

const shared = { usage: null, nested: { a: 1 } };

/** Chunks that are alike in most places, and differ in any. */
const chunks = fc.array(
  fc.record(
    {
      id: fc.constantFrom('1', '2'),
      model: fc.constantFrom('m', '"a text that no model writes"', 'a text that no model writes'),
      usage: fc.constantFrom(shared.usage, undefined),
      extra: fc.oneof(fc.constant(shared.nested), fc.object({ maxDepth: 1, maxKeys: 2 })),
      choices: fc.array(
        fc.record(
          {
            index: fc.nat(1),
            delta: fc.record(
              {
                content: fc.oneof(fc.string({ unit: 'binary' }), fc.constant(null)),
                role: fc.constant('assistant'),
              },
              { requiredKeys: [] },
            ),
            finish_reason: fc.constantFrom(null, 'stop'),
          },
          { requiredKeys: ['index', 'delta'] },
        ),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: ['id', 'choices'] },
  ),
  { maxLength: 12 },
);

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
    for (let i = 0; i < 100; i += 1)
      json.write({ id: `${i}`, choices: [{ index: 0, delta: { content: 'a' } }] });
    expect(shaped).toBe(108);
  });
});
