import { parseJson } from '../codec/parseJson';
import type { JsonReader } from './JsonReader';
import { withoutFence } from './withoutFence';

/** The part of a {@link JsonReader} that a search uses. */
type Reader = Pick<JsonReader<never>, 'done' | 'end' | 'error' | 'hasClosed' | 'position' | 'push'>;

/** Options for {@link JsonInText}. */
export interface JsonInTextOptions<R> {
  /** Creates the reader of a value. Called once for each candidate. */
  readonly begin: () => R;
  /** `'bare'` if the complete text must be JSON; `'lenient'` if a fence or prose may surround it. */
  readonly extract: 'lenient' | 'bare';
  /** The brackets that may open the value in prose: `{`, `[`, or both. The parts of a value with the other are not the value. */
  readonly openings: string;
  /** Whether a complete value may be the one. If not, the search continues after it. */
  readonly fits: (reader: R) => boolean;
}

/** A text that may be the value. */
interface Candidate<R> {
  readonly reader: R;
  /** Whether its bracket may open the value. If not, it is read so that its parts are not taken for the value. */
  readonly isWanted: boolean;
  /** Its start and its end in the complete text. */
  readonly from: number;
  to: number;
  /** The text itself, as long as it may be prose. */
  text: string;
}

/** The most characters that are read again after a candidate that is not JSON, for each character before its error. */
const MAX_REREAD = 8;

/** The start of a line, without blanks, right before JSON: nothing, or a fence or inline code, with its language. */
const OPENING = /^(?:(?:`+|~{3,})\s*([^\s`]*)\s*)?$/;
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
 * search ends: a later bracket may be inside of that value. If a value is complete but does not fit, the search continues after it,
 * and without another that is not empty it is the value. Text after the value is ignored.
 */
export class JsonInText<R extends Reader> {
  readonly #options: JsonInTextOptions<R>;
  readonly #isBare: boolean;
  /** The complete text. Only appended to: reading a joined string makes the engine copy it. */
  #all = '';
  /** The candidate that is read, or the value. After an error it is broken JSON. */
  #candidate: Candidate<R> | undefined;
  /** The first value that is complete but does not fit. */
  #misfit: Candidate<R> | undefined;
  /** The end of the last such value. The text before it is not searched again. */
  #from = 0;
  #reread = 0;
  #failure: Error | undefined;
  /** The start of the current line, without the blanks before it. */
  #line = '';
  #isForeign = false;
  /** The languages of fences that are searched: at first JSON; none means JSON as well. */
  #languages = /^(?:json[c5]?)?$/i;

  constructor(options: JsonInTextOptions<R>) {
    this.#options = options;
    this.#isBare = options.extract === 'bare';
    if (this.#isBare) this.#begin(0, '');
  }

  /** The reader of the value, once its start is found. After an error it keeps the value read so far. */
  get reader(): R | undefined {
    return this.#found?.reader;
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
    const found = this.#found;
    return found?.reader.done && !this.#isBare ? this.#all.slice(found.from, found.to) : this.#all;
  }

  /** The {@link text} to parse: without the fence around it, unless the complete text must be JSON. */
  get json(): string {
    return this.#isBare ? this.text : withoutFence(this.text);
  }

  /** The start of the value, or of the text that may be a broken one; -1 without a bracket that may open it. */
  get start(): number {
    return (
      (this.#candidate ?? this.#misfit)?.from ?? this.#all.search(new RegExp(`[${this.#options.openings}]`))
    );
  }

  /** Reads more text. Never throws because of the text. */
  push(part: string): void {
    this.#all += part;
    this.#search(part);
  }

  /** Ends the text, which completes a number at the root. */
  end(): void {
    if (this.#candidate === undefined) this.#searchFences();
    if (this.#candidate === undefined) this.#searchBrackets();
    const { reader } = this;
    if (reader === undefined || reader.error !== undefined) return;
    try {
      reader.end();
    } catch (error) {
      if (error !== reader.error) throw error;
    }
  }

  get #found(): Candidate<R> | undefined {
    return this.#candidate?.isWanted ? this.#candidate : this.#misfit;
  }

  /** Searches the complete text again, with fences of any language. */
  #searchFences(): void {
    this.#reread = 0;
    this.#line = '';
    this.#languages = /^/;
    this.#isForeign = false;
    this.#search(this.#all.slice(this.#from));
  }

  /** Searches every bracket of the complete text, unless it is JSON without the value: a string may contain brackets. */
  #searchBrackets(): void {
    if (parseJson(withoutFence(this.#all)) !== undefined) return;
    this.#reread = 0;
    for (const { index, 0: bracket } of this.#all.matchAll(/[{[]/g)) {
      if (index < this.#from) continue;
      this.#begin(index, bracket);
      this.#read(this.#all.slice(index));
      if (this.#candidate !== undefined) break;
    }
    // In a line of prose, only a complete value replaces one that does not fit.
    if (this.#misfit && !this.done) this.#candidate = undefined;
  }

  /** Searches and reads the last part of the text. */
  #search(part: string): void {
    let rest = part;
    while (rest !== '') rest = this.#candidate === undefined ? this.#find(rest) : this.#read(rest);
  }

  /** Begins a candidate at the first bracket that may open a value. Returns the rest of the text from there. */
  #find(part: string): string {
    let from = 0;
    for (const { index, 0: mark } of part.matchAll(/[{[\n]/g)) {
      this.#addToLine(part.slice(from, index));
      from = index;
      if (mark === '\n') this.#endLine();
      else if (this.#mayBegin()) {
        this.#begin(this.#all.length - part.length + index, mark);
        return part.slice(index);
      }
    }
    this.#addToLine(part.slice(from));
    return '';
  }

  #addToLine(text: string): void {
    if (this.#line.length < MAX_FENCE) this.#line = (this.#line + text).trimStart().slice(0, MAX_FENCE);
  }

  #mayBegin(): boolean {
    const opening = OPENING.exec(this.#line);
    return opening !== null && !this.#isForeign && this.#languages.test(opening[1] ?? '');
  }

  #endLine(): void {
    const language = FENCE.exec(this.#line)?.[1];
    if (language !== undefined) this.#isForeign = !this.#isForeign && !this.#languages.test(language);
    this.#line = '';
  }

  /** @param bracket - The bracket at the start; `''` for any text. */
  #begin(from: number, bracket: string): void {
    const { begin, openings } = this.#options;
    this.#candidate = { reader: begin(), isWanted: openings.includes(bracket), from, to: from, text: '' };
  }

  /**
   * Reads the last part of the text as the next part of the candidate.
   *
   * @returns The rest of the text where the search continues, if the candidate is not the value; `''` otherwise.
   */
  #read(part: string): string {
    const candidate = this.#candidate as Candidate<R>;
    const { reader, isWanted } = candidate;
    if (reader.done || reader.error !== undefined) return '';
    if (!reader.hasClosed || !isWanted) candidate.text += part;
    try {
      const length = reader.push(part);
      candidate.to = this.#all.length - part.length + length;
      return this.#mayBeValue(candidate) ? '' : this.#leave(part.slice(length));
    } catch (error) {
      // An error of the user's codec is passed on.
      if (error !== reader.error) throw error;
      this.#failure = reader.error;
      this.#reread += reader.position;
      const { from, text } = candidate;
      const isLimit = this.#reread > MAX_REREAD * (from + reader.position);
      // Without a part that can be the value it is prose, as `[1, see below]`.
      const hasPart =
        reader.hasClosed && (isWanted || text.slice(0, reader.position).includes(this.#options.openings));
      return hasPart || isLimit || this.#isBare ? '' : this.#leave(text.slice(1));
    }
  }

  /** Whether a candidate may be the value. Keeps the first complete one that does not fit. */
  #mayBeValue(candidate: Candidate<R>): boolean {
    const { reader, isWanted, from, to } = candidate;
    if (!reader.done || this.#isBare) return true;
    if (isWanted) {
      // Text after a value mentions `[]` and `{}`, which fit almost anything.
      const isMention = this.#misfit !== undefined && to - from === 2;
      if (!isMention && this.#options.fits(reader)) return true;
      this.#misfit ??= candidate;
    }
    this.#from = to;
    return false;
  }

  /** Leaves the candidate. JSON may follow right behind. Returns the rest of the text, where the search continues. */
  #leave(rest: string): string {
    this.#candidate = undefined;
    this.#line = '';
    return rest;
  }
}
