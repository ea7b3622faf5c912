import { isRight, type Either } from 'fp-ts/Either';
import * as t from 'io-ts';
import { firstValueFrom, last } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import { annotate } from '../../lib/schema/annotate';
import { omitNulls } from '../../lib/schema/omitNulls';
import { responseFormatOf } from '../../lib/schema/responseFormatOf';
import { isObjectCodec } from '../../lib/schema/isObjectCodec';
import { describeLive, startLlamaServer, type LlamaServer } from '../helpers/llamaServer';

// The first start on a machine takes a while.
jest.setTimeout(120_000);

let server: LlamaServer;
beforeAll(async () => {
  server = await startLlamaServer('-np', '2');
});
afterAll(async () => {
  await server.close();
});

/** The model is random: without an end it writes to the token limit. */
const word = annotate(t.string, { maxLength: 12 });
const few = <C extends t.Mixed>(codec: C): t.ArrayC<C> => annotate(t.array(codec), { maxItems: 3 });

interface Tree {
  readonly name: string;
  readonly left?: Tree | undefined;
}
const Tree: t.Type<Tree> = t.recursion('Tree', () =>
  t.intersection([t.type({ name: word }), t.partial({ left: Tree })]),
);

const Circle = t.type({ kind: t.literal('circle'), r: t.number });
const Square = t.type({ kind: t.literal('square'), side: t.number });

const codecs: Readonly<Record<string, t.Mixed>> = {
  'a flat object': t.type({ name: word, big: t.boolean, people: t.Int }),
  'an enum': t.type({
    size: t.keyof({ small: null, large: null }),
    n: t.union([t.literal(1), t.literal(2)]),
  }),
  'objects in objects': t.type({
    at: t.type({ street: word, no: t.type({ n: t.Int, letter: t.literal('a') }) }),
  }),
  'optional fields': t.intersection([t.type({ name: word }), t.partial({ nick: word, age: t.Int })]),
  'a union by kind': t.type({ shape: t.union([Circle, Square]) }),
  'a recursion below': t.type({ tree: Tree }),
  'a recursion at the root': Tree,
  'an integer within limits': t.type({ born: annotate(t.Int, { minimum: 1_900, maximum: 1_999 }) }),
  'a pattern': t.type({ code: annotate(t.string, { pattern: '^[A-Z]{2}-[0-9]{3}$' }) }),
  'a list at the root': few(t.type({ name: word })),
  'a union at the root': t.union([Circle, t.type({ name: word })]),
};

/** Codecs that strict mode has no schema for. */
const looseCodecs: Readonly<Record<string, t.Mixed>> = {
  'a tuple': t.tuple([word, t.Int]),
  'a record of tuples': annotate(t.record(t.string, t.tuple([t.boolean])), { maxProperties: 3 }),
};

const answerIn = async (codec: t.Mixed, seed: number, strict = true): Promise<Either<t.Errors, unknown>> => {
  const text = await firstValueFrom(
    chatCompletion$(
      { baseURL: server.baseURL },
      {
        model: 'tiny-random-llama',
        messages: [{ role: 'user', content: 'Something, as JSON.' }],
        seed,
        max_tokens: 1_500,
        response_format: responseFormatOf(codec, { strict }),
      },
    ).pipe(accumulateContent(), last()),
  );
  const json: unknown = JSON.parse(text);
  const value = isObjectCodec(codec) ? json : (json as { readonly value: unknown }).value;
  return codec.decode(omitNulls(codec)(value));
};

describeLive('a schema that llama-server is given', () => {
  const SEEDS = 20;

  it.each([
    ...Object.entries(codecs).map(([name, codec]) => [name, codec, true] as const),
    ...Object.entries(looseCodecs).map(([name, codec]) => [name, codec, false] as const),
  ])(`of %s is held to, ${SEEDS} times`, async (_, codec, strict) => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const answer = await answerIn(codec, seed, strict);
      expect([seed, isRight(answer) || answer.left.map(({ value }) => value)]).toEqual([seed, true]);
    }
  });

  it('that it cannot hold is found out by the codec', async () => {
    // A pattern with a look ahead: llama.cpp leaves the field free, and says nothing of it.
    const Even = t.brand(
      t.string,
      (text): text is t.Branded<string, { readonly Even: symbol }> => /^(?=[0-9]+$)[0-9]*[02468]$/.test(text),
      'Even',
    );
    const codec = t.type({ even: annotate(Even, { pattern: '^(?=[0-9]+$)[0-9]*[02468]$', maxLength: 12 }) });
    for (let seed = 1; seed <= 5; seed += 1) expect(isRight(await answerIn(codec, seed))).toBe(false);
  });
});
