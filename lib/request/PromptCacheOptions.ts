/** Options for caching the start of the prompt; OpenAI, `gpt-5.6` and later. */
export interface PromptCacheOptions {
  /**
   * `'implicit'`, the default: OpenAI adds a breakpoint to those in the messages.
   * `'explicit'`: only parts with `prompt_cache_breakpoint` are breakpoints.
   */
  readonly mode?: 'implicit' | 'explicit' | (string & {});
  /** Shortest lifetime of an entry. `'30m'` is the default and the only value so far. */
  readonly ttl?: '30m' | (string & {});
}
