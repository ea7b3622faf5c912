import { isRight } from 'fp-ts/Either';

import { Embeddings } from '../../lib/codec/Embeddings';

const accepts = (json: unknown): boolean => isRight(Embeddings.decode(json));

describe('Embeddings', () => {
  it.each<[string, unknown]>([
    [
      'numbers',
      {
        object: 'list',
        data: [{ object: 'embedding', index: 0, embedding: [0.5, -1] }],
        model: 'm',
        usage: { prompt_tokens: 1, total_tokens: 1 },
      },
    ],
    ['base64', { data: [{ embedding: 'AAAAPw==' }] }],
    ['no model and no usage', { data: [], model: null, usage: null }],
  ])('accepts %s', (_, json) => {
    expect(accepts(json)).toBe(true);
  });

  it('reads the list of llama.cpp at /embeddings, with one vector for each text', () => {
    const data = [{ index: 0, embedding: [[0.5, -1]] }];
    const right = { data: [{ index: 0, embedding: [0.5, -1] }] };
    expect(Embeddings.decode(data)).toEqual({ _tag: 'Right', right });
    expect(Embeddings.decode({ data })).toEqual({ _tag: 'Right', right });
  });

  it('coerces an index and leaves out side fields that do not fit', () => {
    expect(
      Embeddings.decode({ data: [{ index: '0', embedding: [1], object: 1 }], model: 5, usage: [] }),
    ).toEqual({
      _tag: 'Right',
      right: { data: [{ index: 0, embedding: [1] }] },
    });
  });

  it.each<[string, unknown]>([
    ['a vector with null', { data: [{ embedding: [0.5, null] }] }],
    ['a vector for each token', { data: [{ embedding: [[0.5], [1]] }] }],
    ['a list of vectors', [[0.5, 1]]],
    ['no data', { object: 'list' }],
    ['no embedding', { data: [{ index: 0 }] }],
    ['numbers as text', { data: [{ embedding: ['0.5'] }] }],
  ])('rejects %s', (_, json) => {
    expect(accepts(json)).toBe(false);
  });
});
