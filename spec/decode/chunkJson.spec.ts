import fc from 'fast-check';
import { isLeft, isRight, right } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { markedChunk, markOf, type Mark } from '../../lib/codec/mark';
import { chunkFromJSON, chunkToJSON } from '../../lib/decode/chunkJson';
import { decodeChunk, type Decoded } from '../../lib/decode/decode';
import { BadJson, SchemaMismatch } from '../../lib/errors';
import { anyChunk } from '../fold/chunks';
import '../helpers/properties';

type Transfer = (json: unknown) => unknown;
const transfers: ReadonlyArray<[string, Transfer]> = [
  ['JSON', (json) => JSON.parse(JSON.stringify(json)) as unknown],
  ['structuredClone', (json) => structuredClone(json)],
];
const marks: readonly Mark[] = [{ kind: 'restarted', attempt: 3 }, { kind: 'ended-without-reason' }];

describe.each(transfers)('a chunk that was transferred as %s', (_, transfer) => {
  const transferred = (decoded: Decoded<ChatCompletionChunk>): Decoded<ChatCompletionChunk> =>
    chunkFromJSON(transfer(chunkToJSON(decoded)));

  it('is the same', () => {
    fc.assert(
      fc.property(anyChunk, (chunk) => {
        expect(JSON.stringify(transferred(right(chunk)))).toBe(JSON.stringify(right(chunk)));
      }),
    );
  });

  it.each(marks)('keeps the mark %j', (mark) => {
    const decoded = transferred(right(markedChunk(mark)));
    expect(isRight(decoded) && markOf(decoded.right)).toEqual(mark);
  });

  it('keeps the other fields of a marked chunk', () => {
    const chunk = { ...markedChunk({ kind: 'ended-without-reason' }), id: 'a', choices: [{ index: 0 }] };
    expect(transferred(right(chunk))).toEqual(right(chunk));
  });

  it.each(['{"cho', '{"choices":5}'])('keeps the class, tag and fields of the error of %s', (payload) => {
    const decoded = decodeChunk(payload);
    const again = transferred(decoded);
    if (!isLeft(decoded) || !isLeft(again)) throw new Error('expected a left');
    expect(again.left).toBeInstanceOf(decoded.left._tag === 'BadJson' ? BadJson : SchemaMismatch);
    expect(again.left.toJSON()).toEqual(decoded.left.toJSON());
  });
});

describe('chunkFromJSON', () => {
  it('validates the chunk', () => {
    expect(chunkFromJSON({ chunk: { choices: 5 } })).toMatchObject({ left: { _tag: 'SchemaMismatch' } });
  });

  it.each([
    null,
    undefined,
    'text',
    {},
    { error: {} },
    { error: { _tag: 'TruncatedError' } },
    { chunk: {}, mark: null },
    { chunk: {}, mark: { kind: 'restarted' } },
    { chunk: {}, mark: { kind: 'other' } },
  ])('throws a TypeError for %j', (json) => {
    expect(() => chunkFromJSON(json)).toThrow(TypeError);
  });
});
