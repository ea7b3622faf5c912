import type { JsonSchema } from './JsonSchema';

/** Text of any form, which is the default. */
export interface TextFormat {
  readonly type: 'text';
}

/**
 * JSON of any shape.
 *
 * Say in a message that JSON is wanted: OpenAI answers 400 otherwise, and elsewhere a model may write blanks
 * until the token limit.
 */
export interface JsonObjectFormat {
  readonly type: 'json_object';
}

/**
 * JSON that fits a schema.
 *
 * An answer cut off at the token limit does not parse, a refusal is no JSON at all; look at the finish reason
 * and the refusal first. Ollama reads `schema` alone and writes the properties in alphabetical order.
 */
export interface JsonSchemaFormat {
  readonly type: 'json_schema';
  readonly json_schema: {
    /** Letters, digits, `_` and `-`, at most 64 of them. The model is told. */
    readonly name: string;
    /** Tells the model what the answer is for. */
    readonly description?: string;
    readonly schema?: JsonSchema;
    /** Makes OpenAI hold to the schema, which then has to keep to its subset; `false` by default. */
    readonly strict?: boolean | null;
  };
}

/**
 * The form of the answer.
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
