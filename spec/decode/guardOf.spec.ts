import fc from 'fast-check';
import * as t from 'io-ts';

import { ChatCompletion } from '../../lib/codec/ChatCompletion';
import { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { Embeddings } from '../../lib/codec/Embeddings';
import { guardOf } from '../../lib/decode/guardOf';
import { ModelList } from '../../lib/codec/Model';
import { recordings } from '../helpers/recordings';

/** Few names, so that codecs and values meet. */
const known = fc.constantFrom('a', 'b', 'c');
/** The values have some that every object inherits; a union of io-ts breaks when a codec has one. */
const name = fc.oneof(known, fc.constantFrom('__proto__', 'constructor', 'toString'));

const objectText = (fields: readonly (readonly [string, string])[]): string =>
  `{${fields.map(([field, text]) => `"${field}":${text}`).join(',')}}`;

/** JSON as `JSON.parse` makes it, where `__proto__` is a field like any other. */
const json: fc.Arbitrary<unknown> = fc
  .letrec<{ text: string }>((tie) => ({
    text: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('null', 'true', 'false', '0', '1', '1e400', '"a"', '"b"', '""', '{}', '[]'),
      fc.array(tie('text'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
      fc.array(fc.tuple(name, tie('text')), { maxLength: 3 }).map(objectText),
    ),
  }))
  .text.map((text) => JSON.parse(text) as unknown);

/** Codecs of every kind that a guard is made for, and of some that it is not. */
const codec: fc.Arbitrary<t.Mixed> = fc.letrec<{ codec: t.Mixed; props: t.Props }>((tie) => ({
  props: fc.dictionary(known, tie('codec'), { maxKeys: 3, noNullPrototype: true }),
  codec: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<t.Mixed[]>(
      t.string,
      t.number,
      t.boolean,
      t.null,
      t.undefined,
      t.unknown,
      t.UnknownArray,
      t.UnknownRecord,
    ),
    fc.constantFrom<t.Mixed[]>(
      t.literal('a'),
      t.literal(1),
      t.literal(true),
      t.keyof({ a: null, b: null }),
      t.Int,
    ),
    tie('codec').map((of) => t.array(of)),
    tie('codec').map((of) => t.readonlyArray(of)),
    tie('codec').map((of) => t.readonly(of)),
    tie('codec').map((of) => t.record(t.string, of)),
    tie('codec').map((of) => t.record(t.keyof({ a: null }), of)),
    tie('codec').map((of) => t.tuple([of, of])),
    tie('props').map((props) => t.type(props)),
    tie('props').map((props) => t.partial(props)),
    tie('props').map((props) => t.strict(props)),
    fc.tuple(tie('codec'), tie('codec')).map(([one, other]) => t.union([one, other])),
    fc.tuple(tie('codec'), tie('codec')).map(([one, other]) => t.intersection([one, other])),
    fc
      .tuple(tie('props'), tie('props'))
      .map(([one, other]) =>
        t.union([t.type({ ...one, a: t.literal('a') }), t.type({ ...other, a: t.literal('b') })]),
      ),
  ),
})).codec;

describe('guardOf', () => {
  it('says what the codec says, for any codec and any JSON', () => {
    fc.assert(
      fc.property(codec, json, (of, value) => {
        expect(guardOf(of)(value)).toBe(of.is(value));
      }),
      { numRuns: 3_000 },
    );
  });

  const codecs: readonly [string, t.Mixed][] = [
    ChatCompletionChunk,
    ChatCompletion,
    ModelList,
    Embeddings,
  ].map((of) => [of.name, of]);

  it.each(codecs)('says what %s says, for any JSON', (_, of) => {
    const guard = guardOf(of);
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), json), (value) => {
        expect(guard(value)).toBe(of.is(value));
      }),
    );
  });

  it('says what the codecs say and do, for recorded answers of which one value is another', () => {
    const [chunk, completion] = [guardOf(ChatCompletionChunk), guardOf(ChatCompletion)];
    fc.assert(
      fc.property(fc.constantFrom(...recorded()), fc.nat(), json, (text, place, other) => {
        const value = replaced(JSON.parse(text), place, other);
        expect(chunk(value)).toBe(ChatCompletionChunk.is(value));
        expect(chunk(value)).toBe(ChatCompletionChunk.decode(value)._tag === 'Right');
        expect(completion(value)).toBe(ChatCompletion.is(value));
      }),
      { numRuns: 3_000 },
    );
  });

  it('asks the codec itself about fields that every object inherits', () => {
    const of = t.partial({ toString: t.string });
    expect([of.is({}), guardOf(of)({})]).toEqual([false, false]);
    expect(guardOf(of)({ toString: 'own' })).toBe(true);
  });

  it('knows what a union of literals tells apart', () => {
    const shape = guardOf(
      t.union([t.type({ kind: t.literal('circle'), r: t.number }), t.type({ kind: t.literal('dot') })]),
    );
    expect([shape({ kind: 'circle', r: 1 }), shape({ kind: 'circle' }), shape({ kind: 'dot' })]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('asks every part of an intersection for a field that several have', () => {
    const guard = guardOf(
      t.intersection([t.partial({ a: t.union([t.string, t.number]) }), t.type({ a: t.number })]),
    );
    expect([guard({ a: 1 }), guard({ a: 'a' }), guard({})]).toEqual([true, false, false]);
  });
});

/** A payload of every kind there is in the recordings: those whose shape has not been seen before. */
function recorded(): readonly string[] {
  const shapes = new Map<string, string>();
  for (const { kind, body } of recordings) {
    const text = new TextDecoder().decode(body);
    const payloads =
      kind === 'stream' ? text.split(/\r\n|\n|\r/).map((line) => line.replace(/^data: ?/, '')) : [text];
    for (const payload of payloads.filter((each) => /^\{.*\}$/s.test(each))) {
      shapes.set(payload.replace(/"(?:[^"\\]|\\.)*"(?!\s*:)|-?\d[\d.e+-]*/gi, '_'), payload);
    }
  }
  return [...shapes.values(), '{}'];
}

/** The value with the one at a place, counted through from the top, replaced. */
function replaced(value: unknown, place: number, other: unknown): unknown {
  const places: (readonly [object, string])[] = [];
  const walk = (each: unknown): void => {
    if (typeof each !== 'object' || each === null) return;
    for (const [key, inner] of Object.entries(each)) {
      places.push([each, key]);
      walk(inner);
    }
  };
  walk(value);
  const [object, key] = places[place % Math.max(places.length, 1)] ?? [{}, ''];
  Object.defineProperty(object, key, { value: other, enumerable: true, configurable: true, writable: true });
  return value;
}
