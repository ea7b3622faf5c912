import fc from 'fast-check';
import { isRight } from 'fp-ts/Either';
import * as t from 'io-ts';

import { ChatCompletion } from '../../lib/codec/ChatCompletion';
import { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { Embeddings } from '../../lib/codec/Embeddings';
import { coerced } from '../../lib/codec/coerced';
import { toText } from '../../lib/codec/coerce';
import { fields } from '../../lib/codec/fields';
import { lenient } from '../../lib/codec/lenient';
import { list } from '../../lib/codec/list';
import { ModelList } from '../../lib/codec/Model';
import { nullable } from '../../lib/codec/nullable';
import { recordings } from '../helpers/recordings';

/** Few names, so that codecs and values match often. */
const known = fc.constantFrom('a', 'b', 'c');
/** Values have names that every object inherits. Codecs do not: a union of io-ts fails with them. */
const name = fc.oneof(known, fc.constantFrom('__proto__', 'constructor', 'toString'));

const objectText = (fields: readonly (readonly [string, string])[]): string =>
  `{${fields.map(([field, text]) => `"${field}":${text}`).join(',')}}`;

/** JSON as `JSON.parse` returns it, with `__proto__` as a field like any other. */
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

/** Codecs of our own classes, of plain types and of one another. */
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
    fc.tuple(tie('props'), tie('props')).map(([one, other]) => fields(one, 'Fields', other)),
    tie('codec').map((of) => list(of)),
    tie('codec').map((of) => lenient(of)),
    tie('codec').map((of) => nullable(of)),
    fc.constant(coerced(t.string, toText)),
  ),
})).codec;

describe('is', () => {
  it('accepts exactly what a codec decodes to itself, for any JSON', () => {
    fc.assert(
      fc.property(codec, json, (of, value) => {
        expect(of.is(value)).toBe(isUnchanged(of.decode(value), value));
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

  it.each(codecs)('accepts exactly what %s decodes to itself, for any JSON', (_, of) => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), json), (value) => {
        expect(of.is(value)).toBe(isUnchanged(of.decode(value), value));
      }),
    );
  });

  it('accepts exactly what the codecs decode to itself, for recorded answers with one value replaced', () => {
    fc.assert(
      fc.property(fc.constantFrom(...recorded()), fc.nat(), json, (text, place, other) => {
        const value = replaced(JSON.parse(text), place, other);
        for (const of of [ChatCompletionChunk, ChatCompletion]) {
          expect(of.is(value)).toBe(isUnchanged(of.decode(value), value));
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('requires the required fields, and ignores inherited ones', () => {
    const of = fields({ a: t.string }, 'Fields', { b: t.number });
    expect([of.is({ b: 1 }), of.is({ a: 'a' }), of.is({ a: 1, b: 1 })]).toEqual([true, false, false]);
    expect([of.is(Object.create({ b: 1 })), of.is(Object.assign(Object.create({ a: 1 }), { b: 1 }))]).toEqual(
      [false, true],
    );
  });
});

/** Whether a codec decodes a value to itself. */
const isUnchanged = (decoded: t.Validation<unknown>, value: unknown): boolean =>
  isRight(decoded) && decoded.right === value;

/** One payload of every shape in the recordings. */
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

/** Returns the value with one inside it replaced, by its position in depth-first order. */
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
