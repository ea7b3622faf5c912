/** Format and voice of a spoken answer, for `modalities` with `'audio'`. OpenAI. */
export interface AudioOutput {
  /** Encoding of the audio. OpenAI streams `'pcm16'` only: 16 bit, little endian, mono, 24 kHz. */
  readonly format: 'wav' | 'aac' | 'mp3' | 'flac' | 'opus' | 'pcm16' | (string & {});
  /** A voice by its name, or a custom voice by its id. */
  readonly voice:
    | 'alloy'
    | 'ash'
    | 'ballad'
    | 'cedar'
    | 'coral'
    | 'echo'
    | 'fable'
    | 'marin'
    | 'nova'
    | 'onyx'
    | 'sage'
    | 'shimmer'
    | 'verse'
    | (string & {})
    | { readonly id: string };
}
