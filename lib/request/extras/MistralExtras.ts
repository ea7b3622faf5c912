/** Request fields of Mistral that OpenAI does not have. */
export type MistralExtras = {
  /** Mistral's spelling of `seed`, which it does not read. */
  readonly random_seed?: number;
  /** Whether a safety prompt is inserted before the conversation; default `false`. */
  readonly safe_prompt?: boolean;
  /** `'reasoning'` inserts the system prompt of Mistral's reasoning models. */
  readonly prompt_mode?: 'reasoning' | (string & {}) | null;
  readonly guardrails?: readonly Readonly<Record<string, unknown>>[];
};
