/**
 * A JSON Schema, as plain data.
 *
 * Which of its keywords count is the server's choice. OpenAI's `strict` mode takes a subset, wants
 * `additionalProperties: false` on every object and each property listed in `required`; llama.cpp, vLLM and
 * Ollama compile the schema to a grammar, each with gaps of its own. A schema written `as const` fits.
 */
export type JsonSchema = Readonly<Record<string, unknown>>;
