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
    ["vLLM's router", { models: [{ id: 'a' }, 'b'] }, ['a', 'b']],
    ["Ollama's own API", { models: [{ name: 'llama3.2:latest', size: 1 }] }, ['llama3.2:latest']],
    ['a server with names alone', ['a', 'b'], ['a', 'b']],
    ['a server with names in place of ids', { data: [{ name: 'a' }, { id: null, name: 'b' }] }, ['a', 'b']],
    ['PHP, with a gap', { data: { 0: { id: 'a' }, 2: { id: 'b' } } }, ['a', 'b']],
  ])('reads the list of %s', (_, json, ids) => {
    expect(idsIn(json)).toEqual(ids);
  });

  it.each<[string, unknown]>([
    ['an object without a list', { object: 'list' }],
    ['a model without an id and a name', { data: [{ object: 'model' }] }],
    ['text', 'a'],
  ])('rejects %s', (_, json) => {
    expect(idsIn(json)).toBeUndefined();
  });
});
