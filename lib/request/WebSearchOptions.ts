/** Lets a search model of OpenAI's look at the web before it answers. */
export interface WebSearchOptions {
  /** How much of what was found goes into the prompt; `'medium'` by default. */
  readonly search_context_size?: 'low' | 'medium' | 'high' | (string & {});
  /** Roughly where the user is. */
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
