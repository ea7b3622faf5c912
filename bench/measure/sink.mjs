/** What subjects hand their results to: it counts, so that a subject shows that it did the work. */
export class Sink {
  pieces = 0;
  characters = 0;
  bytes = 0;
  #kept;

  /** @param keep - Whether to keep the text as well, to compare all of it. */
  constructor(keep = false) {
    this.#kept = keep ? '' : undefined;
  }

  /** So many bytes were read. */
  read(length) {
    this.bytes += length;
  }

  /**
   * A chunk with this text came, `''` if it has none.
   *
   * @returns {Promise<void> | undefined} What to wait for before the next is taken, by those who can.
   */
  add(text) {
    this.pieces++;
    this.characters += text.length;
    if (this.#kept !== undefined) this.#kept += text;
    return undefined;
  }

  /** The whole text, at the end. Looked at once, so that a text joined lazily is joined in the time that counts. */
  whole(text) {
    if (text.charCodeAt(text.length - 1) !== 0) this.characters = text.length;
    if (this.#kept !== undefined) this.#kept = text;
  }

  /**
   * Why this is not what the stream holds, or undefined when it is.
   *
   * @param proves - A key of {@link PROOFS}.
   * @param expected - What the stream says of itself.
   */
  wrong(proves, expected) {
    const counted = { ...expected, bytes: this.bytes, characters: this.characters };
    counted.chunks = counted.payloads = this.pieces;
    const off = PROOFS[proves].find((name) => counted[name] !== expected[name]);
    if (off !== undefined) return `${counted[off]} ${off} instead of ${expected[off]}`;
    const keptOther = this.#kept !== undefined && PROOFS[proves].includes('characters');
    return keptOther && this.#kept !== expected.text() ? 'another text' : undefined;
  }
}

/** Which counts must be right. */
const PROOFS = {
  bytes: ['bytes'],
  payloads: ['payloads'],
  chunks: ['chunks', 'characters'],
  text: ['characters'],
};
