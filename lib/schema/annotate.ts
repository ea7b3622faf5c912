import type * as t from 'io-ts';

import type { JsonSchema } from '../request/JsonSchema';

/** Registered globally, so that two copies of this library share annotations. */
const KEYWORDS = Symbol.for('rxjs-chat-completions.schema');

interface Annotated {
  readonly [KEYWORDS]?: JsonSchema;
}

/**
 * Adds keywords of JSON Schema to a codec, for {@link jsonSchemaOf}.
 *
 * The most useful one is a `description` of the value for the model. For a codec without a schema, such as a `Date` from text, the
 * keywords are the complete schema of the encoded side, which the model writes. A second annotation adds to the first.
 *
 * @param codec - Any codec. It is not changed.
 * @param keywords - Keywords of JSON Schema. The server decides which of them it enforces. The codec does not check them.
 * @returns A codec that decodes, encodes and reports errors like the given one.
 *
 * @example
 * ```ts
 * import * as t from 'io-ts';
 * import { annotate, jsonSchemaOf } from 'rxjs-chat-completions/structured';
 *
 * const Born = annotate(t.Int, { description: 'Year of birth', minimum: 0 });
 * const schema = jsonSchemaOf(Born, { strict: false });
 * console.assert(JSON.stringify(schema) === '{"type":"integer","description":"Year of birth","minimum":0}');
 * ```
 *
 * @example A codec that has no schema
 * ```ts
 * import { chain } from 'fp-ts/Either';
 * import { pipe } from 'fp-ts/function';
 * import * as t from 'io-ts';
 * import { annotate, jsonSchemaOf } from 'rxjs-chat-completions/structured';
 *
 * const Day = new t.Type<Date, string>(
 *   'Day',
 *   (value): value is Date => value instanceof Date,
 *   (value, context) =>
 *     pipe(
 *       t.string.validate(value, context),
 *       chain((text) => {
 *         const day = new Date(text);
 *         return Number.isNaN(day.getTime()) ? t.failure(text, context) : t.success(day);
 *       }),
 *     ),
 *   (day) => day.toISOString().slice(0, 10),
 * );
 * const Trip = t.type({ from: annotate(Day, { type: 'string', format: 'date' }) });
 * console.assert(JSON.stringify(jsonSchemaOf(Trip)).includes('"from":{"type":"string","format":"date"}'));
 * ```
 */
export function annotate<C extends t.Any>(codec: C, keywords: JsonSchema): C {
  // Inherits tag, parts and methods, so io-ts and guards treat it as the codec itself.
  return Object.create(codec, {
    [KEYWORDS]: { value: { ...keywordsOf(codec), ...keywords } },
  }) as C;
}

/** Returns the keywords that {@link annotate} added to a codec. */
export const keywordsOf = (codec: t.Any): JsonSchema | undefined => (codec as Annotated)[KEYWORDS];
