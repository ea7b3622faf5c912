/** What else a streamed answer carries. Sent with `stream: true` only: OpenAI refuses it otherwise. */
export interface StreamOptions {
  /**
   * Whether the stream tells what the answer cost, on a late chunk whose choices are often empty.
   *
   * `chatCompletion$` asks for it unless this is `false`, which, on its own, also keeps `stream_options` from
   * servers that do not know it. A stream that is let go never gets there.
   */
  readonly include_usage?: boolean;
  /** Whether vLLM tells the cost so far on every chunk; `false` by default. */
  readonly continuous_usage_stats?: boolean;
  /**
   * Whether OpenAI pads each chunk with a random `obfuscation` field, so that the length of a chunk does not
   * betray its text to whoever watches the wire; `true` by default. `false` saves bytes.
   */
  readonly include_obfuscation?: boolean;
}
