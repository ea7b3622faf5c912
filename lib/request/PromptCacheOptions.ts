/** How OpenAI caches the start of the prompt; `gpt-5.6` and later. */
export interface PromptCacheOptions {
  /**
   * `'implicit'`, the default: OpenAI puts a breakpoint by itself, beside those in the messages.
   * `'explicit'`: only where a part has `prompt_cache_breakpoint`.
   */
  readonly mode?: 'implicit' | 'explicit' | (string & {});
  /** How long an entry lives at least. `'30m'` is the default, and so far the only value. */
  readonly ttl?: '30m' | (string & {});
}
