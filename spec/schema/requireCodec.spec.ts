import * as t from 'io-ts';

import { RequestError } from '../../lib/errors';
import { elements } from '../../lib/operators/structure/elements';
import { structured } from '../../lib/operators/structure/structured';
import { jsonSchemaOf } from '../../lib/schema/jsonSchemaOf';
import { responseFormatOf } from '../../lib/schema/responseFormatOf';

describe('elements', () => {
  it('throws for a path that is not a list', () => {
    expect(() => elements(t.string, 'recipes' as never)).toThrow(
      new RequestError("path must be a list of names, such as ['recipes']"),
    );
  });
});

describe.each<[string, (codec: never) => unknown]>([
  ['structured', structured],
  ['elements', elements],
  ['jsonSchemaOf', jsonSchemaOf],
  ['responseFormatOf', responseFormatOf],
])('%s', (_, take) => {
  it.each<[string, unknown]>([
    ['no codec', undefined],
    ['null', null],
    ['a JSON schema', { type: 'object', properties: {} }],
    ['a schema of another library', { parse: () => ({}), decode: () => ({}) }],
  ])('throws for %s', (__, codec) => {
    expect(() => take(codec as never)).toThrow(
      new RequestError(
        'codec must be a codec of io-ts, such as t.type({ name: t.string }), not a JSON schema',
      ),
    );
  });
});
