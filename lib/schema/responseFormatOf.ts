import type * as t from 'io-ts';

import type { JsonSchema } from '../request/JsonSchema';
import type { JsonSchemaFormat } from '../request/ResponseFormat';
import { isObjectCodec } from './isObjectCodec';
import type { JsonSchemaOptions, Writable } from './jsonSchemaOf';
import { describeRoot } from './describeRoot';
import { requireCodec } from './requireCodec';

/** Options for {@link responseFormatOf}. */
export interface ResponseFormatOptions extends JsonSchemaOptions {
  /** Name of the schema. Default: the name of the codec. */
  readonly name?: string;
  /** Description of the answer for the model. */
  readonly description?: string;
}

/** Longest name that OpenAI accepts, in characters. */
const MAX_NAME = 64;

/**
 * Returns the `response_format` that requests the JSON of a codec.
 *
 * OpenAI enforces the schema. llama.cpp, vLLM and Ollama enforce most of it, so only the codec guarantees the type. A root that is
 * not an object (a list, a union, an enum) is requested as `{ value: … }`, because OpenAI accepts only objects there.
 * `structured` unwraps it.
 *
 * @param codec - A codec whose encoded side is JSON.
 * @param options - `name`: letters, digits, `_` and `-`, at most 64; by default the codec's name, shortened and with `_` for other
 * characters. `strict`: `true` by default.
 * @throws RequestError if there is no schema for a part of the codec.
 *
 * @example
 * ```ts
 * import * as t from 'io-ts';
 * import type { ChatRequest } from 'rxjs-chat-completions';
 * import { responseFormatOf } from 'rxjs-chat-completions/structured';
 *
 * const Person = t.type({ name: t.string, born: t.Int }, 'Person');
 * const request: ChatRequest = {
 *   model: 'llama3.2',
 *   messages: [{ role: 'user', content: 'Ada Lovelace, as JSON with name and year of birth.' }],
 *   response_format: responseFormatOf(Person),
 * };
 * ```
 */
export function responseFormatOf<A, O>(
  codec: t.Type<A, O> & Writable<O>,
  { name, description, strict = true }: ResponseFormatOptions = {},
): JsonSchemaFormat {
  requireCodec(codec);
  return {
    type: 'json_schema',
    json_schema: {
      name: fit(name ?? codec.name),
      ...(description === undefined ? {} : { description }),
      schema: describeRoot(codec, strict, isObjectCodec(codec) ? undefined : asValue),
      strict,
    },
  };
}

const asValue = (schema: JsonSchema): JsonSchema => ({
  type: 'object',
  properties: { value: schema },
  required: ['value'],
  additionalProperties: false,
});

/** Returns a valid name. io-ts names an unnamed codec by its fields: `{ name: string, born: Int }`. */
const fit = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, MAX_NAME) || 'value';
