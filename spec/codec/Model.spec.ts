import { isRight } from 'fp-ts/Either';

import { ModelList, modelsIn } from '../../lib/codec/Model';

const idsIn = (json: unknown): readonly string[] | undefined => {
  const decoded = ModelList.decode(json);
  return isRight(decoded) ? modelsIn(decoded.right).map(({ id }) => id) : undefined;
};

describe('ModelList', () => {
  it.each<[string, unknown, readonly string[]]>([
    [
      'OpenAI',
      { object: 'list', data: [{ id: 'a', object: 'model', created: 1, owned_by: 'openai' }] },
      ['a'],
    ],
    [
      'llama.cpp',
      { models: [{ name: 'a' }], object: 'list', data: [{ id: 'a', meta: { n_params: 1 } }] },
      ['a'],
    ],
    [
      'Together, a bare list',
      [
        { id: 'a', type: 'chat' },
        { id: 'b', created: null },
      ],
      ['a', 'b'],
    ],
    ['an Ollama without models', { object: 'list', data: null }, []],
    [
      'a server with numeric ids and odd side fields',
      { data: [{ id: 5, created: 'x', owned_by: {} }, null] },
      ['5'],
    ],
    ['a server with one model and no list', { data: { id: 'a' } }, ['a']],
  ])('reads the list of %s', (_, json, ids) => {
    expect(idsIn(json)).toEqual(ids);
  });

  it.each<[string, unknown]>([
    ['an object without a list', { object: 'list' }],
    ['a model without an id', { data: [{ name: 'a' }] }],
    ['text', 'a'],
  ])('rejects %s', (_, json) => {
    expect(idsIn(json)).toBeUndefined();
  });
});
