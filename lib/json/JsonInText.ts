import { parseJson } from '../codec/parseJson';
import type { JsonReader } from './JsonReader';
import { ANY_LANGUAGE, anywhere, atLineStart, JSON_LANGUAGES, type FindOpening } from './openings';
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
  /** Its text so far, which is read if it is prose. */
  text: string;
}

/** The most characters that are read again after a candidate that is not JSON, for each character before its error. */
const MAX_REREAD = 8;

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
  /** The last error of reading; `undefined` if no candidate was found. */
  error: Error | undefined;

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
  /** Finds the start of the next candidate. */
  #findOpening = atLineStart(JSON_LANGUAGES);

  constructor(options: JsonInTextOptions<R>) {
    this.#options = options;
    this.#isBare = options.extract === 'bare';
    if (this.#isBare) this.#begin(0);
  }

  /** The reader of the value, once its start is found. After an error it keeps the value read so far. */
  get reader(): R | undefined {
    return this.#found?.reader;
  }

  /** Whether a value is complete. */
  get done(): boolean {
    return this.reader?.done ?? false;
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
    return this.#candidate?.from ?? this.#all.search(new RegExp(`[${this.#options.openings}]`));
  }

  /** Reads more text. Never throws because of the text. */
  push(part: string): void {
    this.#all += part;
    this.#search(part);
  }

  /** Ends the text, which completes a number at the root. */
  end(): void {
    this.#searchAgain(atLineStart(ANY_LANGUAGE));
    // Every bracket, unless the text is JSON without the value: a string may contain brackets.
    if (this.#candidate === undefined && parseJson(withoutFence(this.#all)) === undefined) {
      this.#searchAgain(anywhere);
      // In a line of prose, only a complete value replaces one that does not fit.
      if (this.#misfit && !this.done) this.#candidate = undefined;
    }
    const { reader } = this;
    if (reader === undefined || reader.error !== undefined) return;
    try {
      reader.end();
    } catch (error) {
      if (error !== reader.error) throw error;
      this.error = reader.error;
    }
  }

  get #found(): Candidate<R> | undefined {
    return this.#candidate?.isWanted ? this.#candidate : this.#misfit;
  }

  /** Searches the complete text in another way, if nothing is found so far. */
  #searchAgain(findOpening: FindOpening): void {
    if (this.#candidate !== undefined) return;
    this.#findOpening = findOpening;
    this.#reread = 0;
    this.#search(this.#all.slice(this.#from));
  }

  /** Searches and reads the last part of the text. */
  #search(part: string): void {
    let rest = part;
    while (rest !== '') rest = this.#candidate === undefined ? this.#find(rest) : this.#read(rest);
  }

  /** Begins a candidate at the first bracket that may open a value. Returns the rest of the text from there. */
  #find(part: string): string {
    const index = this.#findOpening(part);
    if (index < 0) return '';
    this.#begin(this.#all.length - part.length + index, part[index]);
    return part.slice(index);
  }

  /** @param bracket - The bracket at the start; by default any text. */
  #begin(from: number, bracket = ''): void {
    const { begin, openings } = this.#options;
    this.#candidate = { reader: begin(), isWanted: openings.includes(bracket), from, to: from, text: '' };
  }

  /** Reads the last part of the text as the next part of the candidate. Returns the rest where the search continues. */
  #read(part: string): string {
    const candidate = this.#candidate as Candidate<R>;
    const { reader } = candidate;
    if (reader.done || reader.error !== undefined) return '';
    candidate.text += part;
    try {
      const length = reader.push(part);
      candidate.to = this.#all.length - part.length + length;
      return this.#isBare ? '' : this.#settle(candidate, part.slice(length));
    } catch (error) {
      // An error of the user's codec is passed on.
      if (error !== reader.error) throw error;
      this.error = reader.error;
      return this.#isBare ? '' : this.#fail(candidate);
    }
  }

  /** Leaves a complete value that does not fit, and keeps the first. */
  #settle(candidate: Candidate<R>, rest: string): string {
    const { reader, isWanted, from, to } = candidate;
    if (!reader.done) return '';
    // Text after a value mentions `[]` and `{}`, which fit almost anything.
    const isMention = this.#misfit !== undefined && to - from === 2;
    if (isWanted && !isMention && this.#options.fits(reader)) return '';
    if (isWanted) this.#misfit ??= candidate;
    this.#from = to;
    this.#candidate = undefined;
    return rest;
  }

  /** Leaves prose. Broken JSON ends the search. */
  #fail({ reader, isWanted, from, text }: Candidate<R>): string {
    this.#reread += reader.position;
    const isLimit = this.#reread > MAX_REREAD * (from + reader.position);
    // Without a part that can be the value it is prose, as `[1, see below]`.
    const hasPart =
      reader.hasClosed && (isWanted || text.slice(0, reader.position).includes(this.#options.openings));
    if (hasPart || isLimit) return '';
    this.#candidate = undefined;
    return text.slice(1);
  }
}
