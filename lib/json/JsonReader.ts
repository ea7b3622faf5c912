import { parseJson } from '../codec/parseJson';
import { JsonTree } from './JsonTree';
import type { JsonContainer, Shape } from './Shape';

/** Maximum nesting of containers. */
const MAX_DEPTH = 512;

const BLANKS = ' \n\r\t';
const PUNCTUATION = '{}[]:,"';
/** Stands for the characters that begin a number or a literal name, which are judged at its end. */
const SCALAR = '0';
/** The characters that may begin a value. */
const VALUE = `{["${SCALAR}`;

/** Characters of a number or a literal name. */
const SCALAR_PART = /[a-z\d+.-]*/iy;
/** Characters of a string, except quotes, backslashes and control characters. */
const STRING_PART = /[ !#-[\]-\uffff]*/y;
/** The characters of the escapes of one letter. */
const ESCAPED: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

const HEX_DIGITS = '0123456789abcdefABCDEF';
/** Length of `u` and its four digits. */
const UNICODE_ESCAPE = 5;

/**
 * Returns the character of an escape; `''` if digits are missing, `undefined` if it is not an escape.
 *
 * @param escape - The escape behind its backslash. All characters but the last were valid.
 */
function characterOf(escape: string): string | undefined {
  if (!escape.startsWith('u')) return ESCAPED[escape];
  if (escape !== 'u' && !HEX_DIGITS.includes(escape.slice(-1))) return undefined;
  return escape.length < UNICODE_ESCAPE ? '' : String.fromCharCode(Number.parseInt(escape.slice(1), 16));
}

/** Returns the index behind the characters of a class that begin at an index. */
function endOf(part: RegExp, text: string, at: number): number {
  part.lastIndex = at;
  part.test(text);
  return part.lastIndex;
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** The part of the text that is read. */
const enum State {
  Between,
  String,
  Escape,
  Scalar,
}

/**
 * Reads a JSON text that arrives in parts.
 *
 * Accepts the texts that `JSON.parse` accepts, and returns the same value. Until the end {@link JsonReader.value} is a snapshot of
 * the value so far. Reading takes linear time, and so do snapshots if you read `value` only while {@link JsonReader.affordable} is
 * true.
 */
export class JsonReader<S extends Shape<S>> extends JsonTree<S> {
  /** The error thrown by {@link push} or {@link end}. */
  error: SyntaxError | RangeError | undefined;
  /** Number of characters before the {@link error}. */
  position = 0;

  #state = State.Between;
  /** The characters that may follow, blanks aside. */
  #expected = VALUE;

  /** The open string, number or literal name. */
  #text = '';
  #isName = false;
  /** The open escape, without its backslash. */
  #escape = '';
  /** Number of characters of earlier pushes. */
  #before = 0;

  /**
   * Reads more text.
   *
   * @returns Number of characters read: fewer than passed if the root closes before the end.
   * @throws SyntaxError where `JSON.parse` would, RangeError if the nesting is too deep. The reader cannot be used after that.
   */
  push(text: string): number {
    let at = 0;
    while (at < text.length && !this.done) {
      switch (this.#state) {
        case State.Between:
          at = this.#readBetween(text, at);
          break;
        case State.String:
          at = this.#readString(text, at);
          break;
        case State.Escape:
          at = this.#readEscape(text, at);
          break;
        case State.Scalar:
          at = this.#readScalar(text, at);
      }
    }
    this.#before += text.length;
    this.allow(text.length);
    return at;
  }

  /**
   * Ends the text.
   *
   * @throws SyntaxError if the value is not complete.
   */
  end(): void {
    if (this.#state === State.Scalar && this.depth === 0) this.#closeScalar(0);
    if (!this.done) throw this.#fail('unexpected end', 0);
  }

  /** Reads a character outside of strings, numbers and literal names. */
  #readBetween(text: string, at: number): number {
    const character = text[at] as string;
    if (BLANKS.includes(character)) return at + 1;
    const kind = PUNCTUATION.includes(character) ? character : SCALAR;
    if (!this.#expected.includes(kind)) throw this.#unexpected(text, at);
    switch (kind) {
      case '{':
        this.#openContainer('object', at);
        this.#expected = '"}';
        break;
      case '[':
        this.#openContainer('array', at);
        this.#expected = `${VALUE}]`;
        break;
      case '}':
      case ']':
        this.close();
        this.#closed();
        break;
      case ',':
        this.#expected = this.kind === 'object' ? '"' : VALUE;
        break;
      case ':':
        this.#expected = VALUE;
        break;
      case '"':
        this.#openString();
        break;
      default:
        this.#text = '';
        this.#state = State.Scalar;
        return at;
    }
    return at + 1;
  }

  #openContainer(kind: JsonContainer, at: number): void {
    if (this.depth >= MAX_DEPTH) throw this.#fail(`nested deeper than ${MAX_DEPTH}`, at, RangeError);
    this.open(kind);
  }

  /** Continues after a value. */
  #closed(): void {
    this.#state = State.Between;
    this.#expected = this.kind === 'object' ? ',}' : ',]';
  }

  #openString(): void {
    this.#isName = !this.#expected.includes(SCALAR);
    this.#text = '';
    this.#state = State.String;
    if (!this.#isName) this.write('');
  }

  #readString(text: string, from: number): number {
    const at = endOf(STRING_PART, text, from);
    this.#append(text.slice(from, at));
    switch (text[at]) {
      case undefined:
        return at;
      case '"':
        this.#closeString();
        break;
      case '\\':
        this.#escape = '';
        this.#state = State.Escape;
        break;
      default:
        throw this.#unexpected(text, at);
    }
    return at + 1;
  }

  /** Appends to the open string. Never reads it: reading a joined string makes the engine copy it each time. */
  #append(added: string): void {
    if (added === '') return;
    // A high surrogate at the end is not shown until the low one is received.
    const shown = isHighSurrogate(added.charCodeAt(added.length - 1)) ? added.slice(0, -1) : added;
    this.#text += shown;
    if (shown !== '' && !this.#isName) this.write(this.#text);
    this.#text += added.slice(shown.length);
  }

  #closeString(): void {
    if (this.#isName) {
      this.name(this.#text);
      this.#state = State.Between;
      this.#expected = ':';
    } else {
      this.add(this.#text);
      this.#closed();
    }
  }

  #readEscape(text: string, at: number): number {
    this.#escape += text[at] as string;
    const escape = this.#escape;
    const character = characterOf(escape);
    if (character === undefined) throw this.#unexpected(text, at);
    if (character !== '') {
      this.#state = State.String;
      this.#append(character);
    }
    return at + 1;
  }

  #readScalar(text: string, from: number): number {
    const at = endOf(SCALAR_PART, text, from);
    this.#text += text.slice(from, at);
    if (this.#text === '') throw this.#unexpected(text, at);
    if (at < text.length) this.#closeScalar(at);
    return at;
  }

  #closeScalar(at: number): void {
    const value = parseJson(this.#text);
    if (value === undefined) throw this.#fail(`unexpected "${this.#text.slice(0, 20)}"`, at);
    this.add(value);
    this.#closed();
  }

  #unexpected(text: string, at: number): Error {
    return this.#fail(`unexpected ${JSON.stringify(text[at])}`, at);
  }

  #fail(problem: string, at: number, kind: typeof SyntaxError | typeof RangeError = SyntaxError): Error {
    this.position = this.#before + at;
    this.error = new kind(`${problem} at character ${this.position}`);
    return this.error;
  }
}
