import type * as t from 'io-ts';

import type { JsonSchema } from '../request/JsonSchema';
import type { JsonSchemaFormat } from '../request/ResponseFormat';
import { describeRoot, type JsonSchemaOptions, type Writable } from './jsonSchemaOf';
import { rootOf } from './rootOf';

/** Options for {@link responseFormatOf}. */
export interface ResponseFormatOptions extends JsonSchemaOptions {
  /** The name the model is told; the codec's by default. */
  readonly name?: string;
  /** Tells the model what the answer is for. */
  readonly description?: string;
}

/** Longest name that OpenAI takes. */
const MAX_NAME = 64;

/**
 * Makes the `response_format` that asks for the JSON of a codec.
 *
 * OpenAI holds the model to the schema, llama.cpp, vLLM and Ollama for the most part; the codec decides. A root that is not
 * an object (a list, a union, an enum) is asked for as `{ value: … }`, because OpenAI takes only objects there, and
 * `structured` unwraps it.
 *
 * @param codec - A codec whose encoded side is JSON.
 * @param options - `name`: letters, digits, `_` and `-`, at most 64; the codec's name by default, made to fit. `strict`: `true` by
 * default.
 * @throws RequestError if there is no schema for a part of the codec.
 *
 * @example
 * ```ts
 * import * as t from 'io-ts';
 * import { responseFormatOf, type ChatRequest } from 'rxjs-chat-completions';
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
  { name = codec.name, description, strict = true }: ResponseFormatOptions = {},
): JsonSchemaFormat {
  return {
    type: 'json_schema',
    json_schema: {
      name: fit(name),
      ...(description === undefined ? {} : { description }),
      schema: describeRoot(codec, strict, rootOf(codec) === 'object' ? undefined : asValue),
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

/** A codec without a name of its own is named by its fields: `{ name: string, born: Int }`. */
const fit = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, MAX_NAME) || 'value';
