/**
 * A JSON Schema, as plain data.
 *
 * The supported keywords depend on the server. OpenAI's `strict` mode accepts a subset and requires
 * `additionalProperties: false` on every object and each property in `required`. llama.cpp, vLLM and Ollama compile the schema
 * to a grammar, each with different gaps. A schema written `as const` fits.
 */
export type JsonSchema = Readonly<Record<string, unknown>>;
