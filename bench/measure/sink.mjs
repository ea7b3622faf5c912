/** Receives the results of a subject and counts them, to verify that it did the work. */
export class Sink {
  chunks = 0;
  characters = 0;
  bytes = 0;
  #kept;

  /** @param keep - Whether to keep the text, to compare it completely. */
  constructor(keep = false) {
    this.#kept = keep ? '' : undefined;
  }

  /** Adds a number of bytes. */
  read(length) {
    this.bytes += length;
  }

  /**
   * Adds a chunk with this text, or with `''`.
   *
   * @returns {Promise<void> | undefined} A promise to await before the next chunk, if the subject can wait.
   */
  add(text) {
    this.chunks++;
    this.characters += text.length;
    if (this.#kept !== undefined) this.#kept += text;
    return undefined;
  }

  /** Sets the complete text at the end. Reads it once, so that a lazily joined string is joined within the measurement. */
  end(text) {
    if (text.charCodeAt(text.length - 1) !== 0) this.characters = text.length;
    if (this.#kept !== undefined) this.#kept = text;
  }

  /**
   * Returns the difference from the stream, or undefined if there is none.
   *
   * @param proves - A key of {@link PROOFS}.
   * @param expected - The counts of the stream.
   */
  wrong(proves, expected) {
    const counted = { ...expected, bytes: this.bytes, characters: this.characters };
    counted.chunks = counted.payloads = this.chunks;
    const off = PROOFS[proves].find((name) => counted[name] !== expected[name]);
    if (off !== undefined) return `${counted[off]} ${off} instead of ${expected[off]}`;
    const keptOther = this.#kept !== undefined && PROOFS[proves].includes('characters');
    return keptOther && this.#kept !== expected.text() ? 'another text' : undefined;
  }
}

/** Counts that are verified, by the kind of proof. */
const PROOFS = {
  bytes: ['bytes'],
  payloads: ['payloads'],
  chunks: ['chunks', 'characters'],
  text: ['characters'],
};
