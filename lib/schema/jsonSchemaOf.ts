import type * as t from 'io-ts';

import type { JsonSchema } from '../request/JsonSchema';
import { describeRoot } from './describeRoot';
import { requireCodec } from './requireCodec';

/** A type with `never` for each part that JSON cannot express. Evaluated lazily, so recursive types are allowed. */
type Jsonable<O> = unknown extends O
  ? O
  : O extends null | boolean | number | string | undefined
    ? O
    : O extends ((...args: never[]) => unknown) | Date | bigint | symbol
      ? never
      : { readonly [K in keyof O]: Jsonable<O[K]> };

/** A constraint that rejects a codec whose encoded side is not JSON. */
export type Writable<O> = [O] extends [Jsonable<O>]
  ? unknown
  : { readonly 'the codec must encode to JSON': never };

/** Options for {@link jsonSchemaOf}. */
export interface JsonSchemaOptions {
  /**
   * Whether the schema keeps to the subset of OpenAI's strict mode; `true` by default.
   *
   * A strict schema requests `null` for a missing optional field, and tuples and records throw. Otherwise optional fields are
   * not required, tuples and records are described, and `t.unknown` is `{}`.
   */
  readonly strict?: boolean;
}

/**
 * Returns the JSON Schema of a codec, for a model to write a value that the codec accepts.
 *
 * Uses only the keywords that OpenAI's strict mode, llama.cpp, vLLM and Ollama all enforce. A schema cannot express refinements
 * and brands, so only the codec checks them. Add names, descriptions and limits with {@link annotate}.
 *
 * | codec | schema |
 * | --- | --- |
 * | `t.string`, `t.number`, `t.boolean`, `t.null`, `t.Int` | `type` |
 * | `t.literal`, `t.keyof`, unions of literals | `type` and `enum` |
 * | other unions, and intersections with them | `anyOf`; as the root an error in strict mode |
 * | `t.array`, `t.readonlyArray` | `array` |
 * | `t.type`, `t.partial`, `t.strict`, `t.exact`, `t.readonly` and intersections of these | one `object` |
 * | `t.recursion` | `$defs` and `$ref` |
 * | refinements and brands | the schema of the codec they refine |
 * | `t.tuple`, `t.record`, `t.unknown`, `t.UnknownArray`, `t.UnknownRecord` | an error in strict mode |
 * | a user-defined codec | an error unless annotated |
 *
 * @param codec - A codec whose encoded side is JSON.
 * @param options - `strict`: whether to use only OpenAI's subset; `true` by default.
 * @throws RequestError if there is no schema for a part of the codec. The message begins with the path of that part.
 *
 * @example
 * ```ts
 * import * as t from 'io-ts';
 * import { annotate, jsonSchemaOf } from 'rxjs-chat-completions/structured';
 *
 * const Person = t.type({ name: t.string, born: annotate(t.Int, { description: 'Year of birth' }) });
 * const { properties, required } = jsonSchemaOf(Person);
 * console.assert(JSON.stringify(required) === '["name","born"]');
 * console.assert(
 *   JSON.stringify(properties) ===
 *     '{"name":{"type":"string"},"born":{"type":"integer","description":"Year of birth"}}',
 * );
 * ```
 */
export function jsonSchemaOf<A, O>(
  codec: t.Type<A, O> & Writable<O>,
  { strict = true }: JsonSchemaOptions = {},
): JsonSchema {
  requireCodec(codec);
  return describeRoot(codec, strict);
}
