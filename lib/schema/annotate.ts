import type * as t from 'io-ts';

import type { JsonSchema } from '../request/JsonSchema';

/** Registered, so that two copies of this library read each other's annotations. */
const KEYWORDS = Symbol.for('rxjs-chat-completions.schema');

interface Annotated {
  readonly [KEYWORDS]?: JsonSchema;
}

/**
 * Adds keywords of JSON Schema to a codec, for {@link jsonSchemaOf}.
 *
 * Above all a `description`, which tells the model what to write. For a codec that has no schema of its own, such as a
 * `Date` from text, the keywords are the whole schema: that of the encoded side, which is what the model writes.
 * Annotating twice adds to the first annotation.
 *
 * @param codec - Any codec. It is not changed.
 * @param keywords - Keywords of JSON Schema. Which of them count is the server's choice: the codec checks all it checked
 * before, and none of these.
 * @returns A codec that decodes, encodes and reports as the given one does.
 *
 * @example
 * ```ts
 * import * as t from 'io-ts';
 * import { annotate, jsonSchemaOf } from 'rxjs-chat-completions';
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
 * import { annotate, jsonSchemaOf } from 'rxjs-chat-completions';
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
  // Inherits tag, parts and methods, so that to io-ts and to guards it is the codec itself.
  return Object.create(codec, {
    [KEYWORDS]: { value: { ...keywordsOf(codec), ...keywords } },
  }) as C;
}

/** The keywords that {@link annotate} added to a codec. */
export const keywordsOf = (codec: t.Any): JsonSchema | undefined => (codec as Annotated)[KEYWORDS];
