/** Options for OpenAI's search models, which search the web before they answer. */
export interface WebSearchOptions {
  /** Share of the search results in the prompt; default `'medium'`. */
  readonly search_context_size?: 'low' | 'medium' | 'high' | (string & {});
  /** Approximate location of the user. */
  readonly user_location?: {
    readonly type: 'approximate';
    readonly approximate: {
      readonly city?: string;
      /** Two letters of ISO 3166-1, such as `'NO'`. */
      readonly country?: string;
      readonly region?: string;
      /** A name of the IANA time zone database, such as `'Europe/Oslo'`. */
      readonly timezone?: string;
    };
  } | null;
}
