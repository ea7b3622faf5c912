import type { JsonReader } from './JsonReader';
import type { JsonContainer, Shape } from './Shape';

/** Options for {@link JsonInText}. */
export interface JsonInTextOptions<S extends Shape<S>> {
  /** Begins to read a value; called once for each try. */
  readonly begin: () => JsonReader<S>;
  /** `'bare'` if the whole text has to be JSON; `'lenient'` if there may be a fence or prose around it. */
  readonly extract: 'lenient' | 'bare';
  /** The kinds of values that are looked for in prose. */
  readonly kinds: readonly JsonContainer[];
}

/** After so many beginnings that were not JSON the search ends: each costs a look at the rest of the text. */
const MAX_TRIES = 8;

/** What may stand between a line's start and JSON: blanks, and the byte order mark. */
const INDENT = /^[ \t\r\n\uFEFF]*/;
/** A line that begins a fence for JSON, or one that names no language. */
const JSON_FENCE = /^(?:`+|~{3,})\s*(?:json[c5]?)?\s*$/i;
/** A line that begins or ends a fence, with the language it names. */
const FENCE = /^(?:`{3,}|~{3,})\s*([^\s`]*)/;
/** As much of a line as names the language of a fence. */
const MAX_FENCE = 40;

/**
 * Finds and reads the JSON in a text that arrives in pieces.
 *
 * Looks for a bracket at the start of a line, or right after the opening of a fence for JSON; fences of other languages are
 * skipped. If what follows turns out not to be JSON, the search goes on behind that bracket. Text behind the value is ignored.
 */
export class JsonInText<S extends Shape<S>> {
  /** Reads the value, once its beginning is found. After an error it keeps what it has read. */
  reader: JsonReader<S> | undefined;

  private readonly options: JsonInTextOptions<S>;
  private readonly openings: string;
  /** All of the text. Only appended to, since to look into it would copy it. */
  private all = '';
  private from = 0;
  private to = 0;
  private tries = 0;
  private failure: Error | undefined;
  /** The beginning of the line, while it can still lead to JSON; then `undefined`. */
  private line: string | undefined = '';
  private isForeign = false;

  constructor(options: JsonInTextOptions<S>) {
    this.options = options;
    this.openings = options.kinds.map((kind) => (kind === 'object' ? '{' : '[')).join('');
    if (options.extract === 'bare') this.reader = options.begin();
  }

  /** Whether a value has been read to its end. */
  get done(): boolean {
    return this.reader?.done ?? false;
  }

  /** The error at which reading has last ended; `undefined` if nothing was found that could have been JSON. */
  get error(): Error | undefined {
    return this.reader?.error ?? this.failure;
  }

  /** The text of the value that has been read to its end; until then all of the text. */
  get text(): string {
    return this.done && this.options.extract === 'lenient' ? this.all.slice(this.from, this.to) : this.all;
  }

  /** Reads on. Never throws because of the text. */
  push(piece: string): void {
    this.all += piece;
    if (this.reader === undefined) this.search(piece, this.all.length - piece.length);
    else this.read(piece, this.all.length - piece.length);
  }

  /** Ends the text: a number at the root has no other end. */
  end(): void {
    const { reader } = this;
    if (reader === undefined || reader.error !== undefined) return;
    try {
      reader.end();
    } catch (error) {
      if (error !== reader.error) throw error;
    }
  }

  /** @param offset - Where the piece begins in all of the text. */
  private read(piece: string, offset: number): void {
    const { reader } = this;
    if (reader === undefined || reader.done || reader.error !== undefined) return;
    try {
      const taken = reader.push(piece);
      this.to = offset + taken;
    } catch (error) {
      // A codec of the user's that throws is another matter.
      if (error !== reader.error) throw error;
      this.failure = reader.error;
      if (this.options.extract === 'lenient' && this.tries < MAX_TRIES) this.searchOn();
    }
  }

  /** What was found is not JSON: searches behind its first character. */
  private searchOn(): void {
    const at = this.from + 1;
    this.reader = undefined;
    this.line = '';
    this.search(this.all.slice(at), at);
  }

  private search(piece: string, offset: number): void {
    let at = 0;
    while (at < piece.length) {
      const end = piece.indexOf('\n', at);
      const opening = this.openingIn(piece, at, end < 0 ? piece.length : end);
      if (opening >= 0) {
        this.begin(piece, offset, opening);
        return;
      }
      if (end < 0) return;
      this.endLine();
      at = end + 1;
    }
  }

  /** The place of the bracket that may begin the value in a piece of one line, or -1. */
  private openingIn(piece: string, from: number, to: number): number {
    for (let at = from; at < to && this.line !== undefined; at += 1) {
      const character = piece[at] as string;
      if (this.openings.includes(character) && this.mayBegin(this.line)) return at;
      const line = (this.line + character).replace(INDENT, '');
      this.line = /^(?:$|[`~])/.test(line) ? line.slice(0, MAX_FENCE) : undefined;
    }
    return -1;
  }

  private mayBegin(line: string): boolean {
    return !this.isForeign && (line === '' || JSON_FENCE.test(line));
  }

  private endLine(): void {
    const language = FENCE.exec(this.line ?? '')?.[1];
    if (language !== undefined) this.isForeign = !this.isForeign && !/^(?:json[c5]?)?$/i.test(language);
    this.line = '';
  }

  private begin(piece: string, offset: number, at: number): void {
    this.from = offset + at;
    this.tries += 1;
    this.reader = this.options.begin();
    this.read(piece.slice(at), this.from);
  }
}
