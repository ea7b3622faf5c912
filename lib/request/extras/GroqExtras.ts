/** Request fields of Groq that OpenAI does not have. */
export type GroqExtras = {
  /**
   * Groq: place of the reasoning: `'parsed'`, a separate field; `'raw'`, the text; `'hidden'`, none. Excludes
   * `include_reasoning`.
   */
  readonly reasoning_format?: 'parsed' | 'raw' | 'hidden' | (string & {});
  /** Groq: whether the answer has the reasoning. */
  readonly include_reasoning?: boolean;
  /** Groq: texts to base the answer on. */
  readonly documents?: readonly Readonly<Record<string, unknown>>[];
  /** Whether the answer cites the documents; default `'enabled'`. */
  readonly citation_options?: 'enabled' | 'disabled';
  /** Whether the model may call tools that are not in `tools`; default `false`. */
  readonly disable_tool_validation?: boolean;
  /** Restrictions of a web search. */
  readonly search_settings?: {
    readonly country?: string;
    readonly include_domains?: readonly string[];
    readonly exclude_domains?: readonly string[];
    readonly include_images?: boolean;
  };
  /** Models and tools of the Compound systems. */
  readonly compound_custom?: Readonly<Record<string, unknown>>;
};
