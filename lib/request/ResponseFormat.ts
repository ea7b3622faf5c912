import type { JsonSchema } from './JsonSchema';

/** Plain text, the default. */
export interface TextFormat {
  readonly type: 'text';
}

/**
 * JSON of any shape.
 *
 * A message must request JSON too: OpenAI responds with 400 otherwise, and other models may write white space until the token
 * limit.
 */
export interface JsonObjectFormat {
  readonly type: 'json_object';
}

/**
 * JSON that fits a schema.
 *
 * An answer that the token limit cut off does not parse, and a refusal is not JSON: check the finish reason and the refusal
 * first. Ollama reads `schema` only and writes the properties in alphabetical order.
 */
export interface JsonSchemaFormat {
  readonly type: 'json_schema';
  readonly json_schema: {
    /** Letters, digits, `_` and `-`, at most 64 characters. The model sees it. */
    readonly name: string;
    /** Purpose of the answer, for the model. */
    readonly description?: string;
    readonly schema?: JsonSchema;
    /** Whether OpenAI enforces the schema, which must then be in its subset of JSON Schema; default `false`. */
    readonly strict?: boolean | null;
  };
}

/**
 * The format of the answer.
 *
 * @example
 * ```ts
 * import type { ResponseFormat } from 'rxjs-chat-completions';
 *
 * const city: ResponseFormat = {
 *   type: 'json_schema',
 *   json_schema: {
 *     name: 'city',
 *     strict: true,
 *     schema: {
 *       type: 'object',
 *       properties: { name: { type: 'string' }, people: { type: 'integer' } },
 *       required: ['name', 'people'],
 *       additionalProperties: false,
 *     },
 *   },
 * };
 * ```
 */
export type ResponseFormat = TextFormat | JsonObjectFormat | JsonSchemaFormat;
