/** How the model is to speak, when `modalities` asks for `'audio'`. OpenAI. */
export interface AudioOutput {
  /** How the sound is encoded. OpenAI streams `'pcm16'` only: 16 bit, little endian, mono, 24 kHz. */
  readonly format: 'wav' | 'aac' | 'mp3' | 'flac' | 'opus' | 'pcm16' | (string & {});
  /** A voice by name, or one of your own by its id. */
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
