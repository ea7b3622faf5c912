/**
 * Structured output: answers that are the JSON of an io-ts codec, read while the model writes them.
 *
 * A bundle that is split by routes has this code only where a route imports it.
 *
 * @module rxjs-chat-completions/structured
 */

// Codecs as JSON Schemas
export { annotate } from '../schema/annotate';
export { jsonSchemaOf, type JsonSchemaOptions } from '../schema/jsonSchemaOf';
export { responseFormatOf, type ResponseFormatOptions } from '../schema/responseFormatOf';
export type { JsonSchemaFormat } from '../request/ResponseFormat';
export type { PartialOutput } from '../schema/PartialOutput';

// Operators
export { structured, type StructuredOptions } from '../operators/structure/structured';
export { elements, type ElementsOptions } from '../operators/structure/elements';
export type { Structured } from '../operators/structure/progress';
