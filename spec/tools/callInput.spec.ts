import { isRight } from 'fp-ts/Either';
import * as t from 'io-ts';

import { readInput } from '../../lib/tools/callInput';
import { tool, type AnyTool } from '../../lib/tools/tool';

const taking = (input: t.Mixed): AnyTool => tool({ name: 'any', input, run: () => [] });
const City = t.type({ city: t.string });
const Options = t.partial({ n: t.number });
const Circle = t.type({ kind: t.literal('circle') });
const Square = t.type({ kind: t.literal('square') });

describe('the arguments of a call', () => {
  it.each<[string, t.Mixed, string, unknown]>([
    ['JSON', City, '{"city":"Oslo"}', { city: 'Oslo' }],
    ['no text', Options, '', {}],
    ['blanks', Options, ' \n', {}],
    ['null, where nothing is asked for', Options, 'null', {}],
    ['null, where null is asked for', t.null, 'null', null],
    ['JSON in a string', City, '"{\\"city\\":\\"Oslo\\"}"', { city: 'Oslo' }],
    ['a string, where one is asked for', t.string, '"{}"', '{}'],
    ['no text in a string', Options, '""', {}],
    ['null in a string', Options, '"null"', {}],
    ['an empty list, as PHP writes it', Options, '[]', {}],
    ['an empty list in a string', Options, '"[]"', {}],
    ['the null of strict mode', Options, '{"n":null}', {}],
    ['the null of strict mode in a string', Options, '"{\\"n\\":null}"', {}],
  ])('are read: %s', (_, codec, text, value) => {
    expect(readInput(taking(codec), text)).toMatchObject({ input: { _tag: 'Right', right: value } });
  });

  it.each<[string, t.Mixed, string, unknown]>([
    ['half JSON', City, '{"city":"Os', { _tag: 'BadJson', raw: '{"city":"Os' }],
    ['prose', City, 'Oslo', { _tag: 'BadJson' }],
    [
      'another type',
      City,
      '{"city":5}',
      { _tag: 'SchemaMismatch', issues: ['city: expected string, got 5'] },
    ],
    [
      'an unknown tag',
      t.type({ shape: t.union([Circle, Square]) }),
      '{"shape":{"kind":"hexagon"}}',
      { _tag: 'SchemaMismatch', issues: ['shape/kind: expected "circle" or "square", got "hexagon"'] },
    ],
    ['nothing, where something is asked for', City, '', { _tag: 'SchemaMismatch' }],
    [
      'null, where something is asked for',
      City,
      'null',
      { _tag: 'SchemaMismatch', issues: ['city: expected string, got nothing'] },
    ],
    [
      'JSON in a string that does not fit',
      City,
      '"{\\"town\\":\\"Oslo\\"}"',
      { _tag: 'SchemaMismatch', issues: ['city: expected string, got nothing'] },
    ],
    [
      'a list',
      City,
      '["Oslo"]',
      { _tag: 'SchemaMismatch', issues: ['the payload: expected object, got an array'] },
    ],
    ['a string that is not JSON', City, '"Oslo"', { _tag: 'SchemaMismatch' }],
    [
      'JSON in a string in a string',
      City,
      JSON.stringify(JSON.stringify('{"city":"Oslo"}')),
      { _tag: 'SchemaMismatch' },
    ],
  ])('are refused: %s', (_, codec, text, failure) => {
    expect(readInput(taking(codec), text)).toMatchObject({ input: { _tag: 'Left', left: failure } });
  });

  it('may be of any depth: what a codec throws is a failure of the call', () => {
    interface Nested {
      readonly in?: Nested;
    }
    const Nested: t.Type<Nested> = t.recursion('Nested', () => t.partial({ in: Nested }));
    const text = '{"in":'.repeat(50_000) + '{}' + '}'.repeat(50_000);
    const { input } = readInput(taking(Nested), text);
    expect(isRight(input) || input.left._tag).toBe('ToolFailed');
  });

  it('are kept as JSON, for conditions that compare calls', () => {
    expect(readInput(taking(City), '{"city":5}').json).toEqual({ city: 5 });
    expect(readInput(taking(City), '{"ci').json).toBe('{"ci');
    expect(readInput(taking(Options), 'null').json).toEqual({});
  });
});
