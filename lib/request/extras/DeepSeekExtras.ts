/** Request fields of DeepSeek that OpenAI does not have; Z.ai and Moonshot read the same field. */
export type DeepSeekExtras = {
  /** Whether the model reasons; default `'enabled'` in newer models, which then ignore `temperature`. */
  readonly thinking?: { readonly type: 'enabled' | 'disabled' | (string & {}) };
};
