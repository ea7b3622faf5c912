/** Options for a streamed answer. Sent with `stream: true` only: OpenAI rejects them otherwise. */
export interface StreamOptions {
  /**
   * Whether the stream contains the usage, in a late chunk that often has no choices.
   *
   * `chatCompletion$` sends `true` by default. `false` and no other option leaves `stream_options` out, for servers that do
   * not support it. A stream that is unsubscribed early has no usage.
   */
  readonly include_usage?: boolean;
  /** Whether every chunk of vLLM has the usage so far; default `false`. */
  readonly continuous_usage_stats?: boolean;
  /**
   * Whether OpenAI pads each chunk with a random `obfuscation` field, so that its length reveals nothing of its text to an
   * observer of the network; default `true`. `false` saves bytes.
   */
  readonly include_obfuscation?: boolean;
}
