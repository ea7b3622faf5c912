import type { JsonReader } from './JsonReader';
import type { Shape } from './Shape';

/** Options for {@link JsonInText}. */
export interface JsonInTextOptions<S extends Shape<S>> {
  /** Creates the reader of a value. Called once for each candidate. */
  readonly begin: () => JsonReader<S>;
  /** `'bare'` if the complete text must be JSON; `'lenient'` if a fence or prose may surround it. */
  readonly extract: 'lenient' | 'bare';
  /** The brackets that may open the value in prose: `{`, `[`, or both. */
  readonly openings: string;
  /** Whether a text without JSON at a bracket is JSON, such as a string: then no other bracket in it is searched. */
  readonly isJson?: (text: string) => boolean;
}

/** The most characters that are read again after a candidate that is not JSON, for each character before its error. */
const MAX_REREAD = 8;

/** Characters allowed between the start of a line and JSON: blanks and the byte order mark. */
const INDENT = /^[ \t\r\n\uFEFF]*/;
/** The start of a line that opens a fence or inline code right before JSON, with its language. */
const OPENING = /^(?:`+|~{3,})\s*([^\s`]*)\s*$/;
/** A line that opens or closes a fence, with its language. */
const FENCE = /^(?:`{3,}|~{3,})\s*([^\s`]*)/;
/** Longest start of a line that is kept to read the language of a fence, in UTF-16 code units. */
const MAX_FENCE = 40;

/**
 * Finds and reads the JSON in a text that arrives in parts.
 *
 * JSON begins at a bracket at the start of a line, or right after the opening of a fence for JSON. Fences of other languages are
 * skipped. They are searched at the end of a text without other JSON, and then every bracket. If the text after a bracket is not
 * JSON, the search continues after that bracket. If a part of a value has closed before the error, the text is broken JSON, and the
 * search ends: a later bracket may be inside of that value. Text after the value is ignored.
 */
export class JsonInText<S extends Shape<S>> {
  /** The reader of the value, once its start is found. After an error it keeps the value read so far. */
  reader: JsonReader<S> | undefined;

  readonly #options: JsonInTextOptions<S>;
  /** The complete text. Only appended to: reading a joined string makes the engine copy it. */
  #all = '';
  #from = 0;
  #to = 0;
  /** The text of the candidate, as long as it may be prose. */
  #candidate = '';
  #reread = 0;
  #failure: Error | undefined;
  /** The start of the current line, while JSON can still follow; then `undefined`. */
  #line: string | undefined = '';
  #isForeign = false;
  /** The languages of fences that are searched: at first JSON; none means JSON as well. */
  #languages = /^(?:json[c5]?)?$/i;

  constructor(options: JsonInTextOptions<S>) {
    this.#options = options;
    if (options.extract === 'bare') this.reader = options.begin();
  }

  /** Whether a value is complete. */
  get done(): boolean {
    return this.reader?.done ?? false;
  }

  /** The last error of reading; `undefined` if no candidate was found. */
  get error(): Error | undefined {
    return this.reader?.error ?? this.#failure;
  }

  /** The text of the complete value; until then the complete text. */
  get text(): string {
    return this.done && this.#options.extract === 'lenient'
      ? this.#all.slice(this.#from, this.#to)
      : this.#all;
  }

  /** Reads more text. Never throws because of the text. */
  push(part: string): void {
    this.#all += part;
    const offset = this.#all.length - part.length;
    if (this.reader === undefined) this.#search(part, offset);
    else if (!this.#read(part, offset)) this.#search(this.#candidate.slice(1), this.#from + 1);
  }

  /** Ends the text, which completes a number at the root. */
  end(): void {
    if (this.reader === undefined) this.#searchFences();
    if (this.reader === undefined && !this.#options.isJson?.(this.#all)) this.#searchBrackets();
    const { reader } = this;
    if (reader === undefined || reader.error !== undefined) return;
    try {
      reader.end();
    } catch (error) {
      if (error !== reader.error) throw error;
    }
  }

  /**
   * Reads a part of the candidate.
   *
   * @param offset - Start of the part in the complete text.
   * @returns False if the candidate is not JSON, so that the search continues after its first character.
   */
  #read(part: string, offset: number): boolean {
    const { reader } = this;
    if (reader === undefined || reader.done || reader.error !== undefined) return true;
    if (!reader.hasClosed) this.#candidate += part;
    try {
      this.#to = offset + reader.push(part);
      return true;
    } catch (error) {
      // An error of the user's codec is passed on.
      if (error !== reader.error) throw error;
      this.#failure = reader.error;
      this.#reread += reader.position;
      const isProse = this.#options.extract === 'lenient' && !reader.hasClosed;
      if (!isProse || this.#reread > MAX_REREAD * (this.#from + reader.position)) return true;
      this.reader = undefined;
      this.#line = '';
      return false;
    }
  }

  /** Searches the complete text again, with fences of any language. */
  #searchFences(): void {
    this.#reread = 0;
    this.#line = '';
    this.#languages = /^/;
    this.#isForeign = false;
    this.#search(this.#all, 0);
  }

  /** Searches every bracket of the complete text. Skips a value with the other bracket: its parts are not the value. */
  #searchBrackets(): void {
    this.#reread = 0;
    let from = 0;
    for (const { index, 0: bracket } of this.#all.matchAll(/[{[]/g)) {
      if (index < from || !this.#begin(this.#all.slice(index), index)) continue;
      if (this.#options.openings.includes(bracket)) return;
      from = this.done ? this.#to : Infinity;
      this.reader = undefined;
    }
  }

  #search(part: string, offset: number): void {
    let at = 0;
    while (at < part.length) {
      const end = part.indexOf('\n', at);
      const opening = this.#openingIn(part, at, end < 0 ? part.length : end);
      if (opening >= 0) {
        if (this.#begin(part.slice(opening), offset + opening)) return;
        at = opening + 1;
      } else {
        if (end < 0) return;
        this.#endLine();
        at = end + 1;
      }
    }
  }

  /** Returns the index of the bracket that may open the value in a part of one line, or -1. */
  #openingIn(part: string, from: number, to: number): number {
    for (let at = from; at < to && this.#line !== undefined; at += 1) {
      const character = part[at] as string;
      if (this.#options.openings.includes(character) && this.#mayBegin(this.#line)) return at;
      const line = (this.#line + character).replace(INDENT, '');
      this.#line = /^(?:$|[`~])/.test(line) ? line.slice(0, MAX_FENCE) : undefined;
    }
    return -1;
  }

  #mayBegin(line: string): boolean {
    const language = line === '' ? '' : OPENING.exec(line)?.[1];
    return !this.#isForeign && language !== undefined && this.#languages.test(language);
  }

  #endLine(): void {
    const language = FENCE.exec(this.#line ?? '')?.[1];
    if (language !== undefined) this.#isForeign = !this.#isForeign && !this.#languages.test(language);
    this.#line = '';
  }

  #begin(part: string, offset: number): boolean {
    this.#from = offset;
    this.#candidate = '';
    this.reader = this.#options.begin();
    return this.#read(part, offset);
  }
}
