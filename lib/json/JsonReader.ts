import { parseJson } from '../codec/parseJson';
import { JsonTree, type Closed } from './JsonTree';
import type { JsonContainer, Shape } from './Shape';

/** Options for {@link JsonReader}. */
export interface JsonReaderOptions<S> {
  /** The shape of the value. */
  readonly shape: S;
  /**
   * Called for every value that closes, including the root, after its parts.
   *
   * `value` has only the parts that are shown, or all parts if it is not shown itself. Do not mutate it.
   */
  readonly onClose?: (closed: Closed<S>) => void;
}

const enum State {
  /** A value must follow. */
  Value,
  /** A value or `]` must follow. */
  ItemOrEnd,
  /** A name must follow. */
  Name,
  /** A name or `}` must follow. */
  NameOrEnd,
  Colon,
  /** `,` or the end of the container must follow. */
  Next,
  String,
  Escape,
  /** In a number, `true`, `false` or `null`. */
  Scalar,
  Done,
}

/** Maximum nesting of containers. */
const MAX_DEPTH = 512;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;

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

/** Characters that may be part of a number or a literal name. */
const SCALAR = /[a-z\d+.-]*/iy;

/** Returns the index behind the part of a number or a literal name that begins at an index. */
function scalarEnd(text: string, at: number): number {
  SCALAR.lastIndex = at;
  SCALAR.test(text);
  return SCALAR.lastIndex;
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/**
 * Reads a JSON text that arrives in parts.
 *
 * Accepts the texts that `JSON.parse` accepts, and returns the same value. Until the end {@link JsonReader.value} is a snapshot of
 * the value so far. Reading takes linear time, and so do snapshots if you read `value` only while {@link JsonReader.affordable} is
 * true.
 */
export class JsonReader<S extends Shape<S>> {
  /** The error thrown by {@link push} or {@link end}. */
  error: SyntaxError | RangeError | undefined;
  /** Number of characters before the {@link error}. */
  position = 0;

  readonly #tree: JsonTree<S>;
  #state = State.Value;

  /** The open string, number or literal name. */
  #text = '';
  #isName = false;
  /** The open escape, without its backslash. */
  #escape = '';
  /** Number of characters of earlier pushes. */
  #before = 0;

  constructor({ shape, onClose }: JsonReaderOptions<S>) {
    this.#tree = new JsonTree(shape, onClose);
  }

  /** Whether the root has closed. */
  get done(): boolean {
    return this.#state === State.Done;
  }

  /** Whether a value has closed: the root, or a part of it. */
  get hasClosed(): boolean {
    return this.#tree.hasClosed;
  }

  /** The shape of the root, after its fields so far. */
  get shape(): S {
    return this.#tree.shape;
  }

  /** The value so far, `undefined` before it begins. The same object until there is more to show. */
  get value(): unknown {
    return this.#tree.value;
  }

  /** Whether the text so far is long enough for the cost of another snapshot. */
  get affordable(): boolean {
    return this.#tree.affordable;
  }

  /**
   * Reads more text.
   *
   * @returns Number of characters read: fewer than passed if the root closes before the end.
   * @throws SyntaxError where `JSON.parse` would, RangeError if the nesting is too deep. The reader cannot be used after that.
   */
  push(text: string): number {
    let at = 0;
    while (at < text.length && this.#state !== State.Done) {
      switch (this.#state) {
        case State.String:
          at = this.#readString(text, at);
          break;
        case State.Scalar:
          at = this.#readScalar(text, at);
          break;
        case State.Escape:
          at = this.#readEscape(text, at);
          break;
        default:
          at = this.#readBetween(text, at);
      }
    }
    this.#before += text.length;
    this.#tree.allow(text.length);
    return at;
  }

  /**
   * Ends the text.
   *
   * @throws SyntaxError if the value is not complete.
   */
  end(): void {
    if (this.#state === State.Scalar) this.#closeScalar(0);
    if (this.#state !== State.Done) throw this.#fail('unexpected end', 0);
  }

  #readString(text: string, from: number): number {
    for (let at = from; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit !== QUOTE && unit !== BACKSLASH && unit >= FIRST_PRINTABLE) continue;
      this.#append(text.slice(from, at));
      if (unit === BACKSLASH) this.#openEscape();
      else if (unit === QUOTE) this.#closeString();
      else throw this.#unexpected(text, at);
      return at + 1;
    }
    this.#append(text.slice(from));
    return text.length;
  }

  /** Appends to the open string. Never reads it: reading a joined string makes the engine copy it each time. */
  #append(added: string): void {
    if (added === '') return;
    // A high surrogate at the end is not shown until the low one is received.
    const shown = isHighSurrogate(added.charCodeAt(added.length - 1)) ? added.slice(0, -1) : added;
    this.#text += shown;
    if (shown !== '' && !this.#isName) this.#tree.write(this.#text);
    this.#text += added.slice(shown.length);
  }

  #readScalar(text: string, from: number): number {
    const at = scalarEnd(text, from);
    this.#text += text.slice(from, at);
    if (this.#text === '') throw this.#unexpected(text, at);
    if (at < text.length) this.#closeScalar(at);
    return at;
  }

  /** Reads a character outside of strings, numbers and literal names. */
  #readBetween(text: string, at: number): number {
    switch (text[at]) {
      case ' ':
      case '\n':
      case '\r':
      case '\t':
        return at + 1;
      case '"':
        return this.#openString(text, at);
      case '{':
        return this.#openContainer(text, at, 'object', State.NameOrEnd);
      case '[':
        return this.#openContainer(text, at, 'array', State.ItemOrEnd);
      case '}':
        return this.#closeContainer(text, at, 'object', State.NameOrEnd);
      case ']':
        return this.#closeContainer(text, at, 'array', State.ItemOrEnd);
      case ',':
        if (this.#state !== State.Next) throw this.#unexpected(text, at);
        this.#state = this.#tree.kind === 'object' ? State.Name : State.Value;
        return at + 1;
      case ':':
        if (this.#state !== State.Colon) throw this.#unexpected(text, at);
        this.#state = State.Value;
        return at + 1;
      default:
        if (!this.#takesValue) throw this.#unexpected(text, at);
        this.#text = '';
        this.#state = State.Scalar;
        return this.#readScalar(text, at);
    }
  }

  get #takesValue(): boolean {
    return this.#state === State.Value || this.#state === State.ItemOrEnd;
  }

  #openString(text: string, at: number): number {
    this.#isName = this.#state === State.Name || this.#state === State.NameOrEnd;
    if (!this.#isName && !this.#takesValue) throw this.#unexpected(text, at);
    this.#state = State.String;
    this.#text = '';
    if (!this.#isName) this.#tree.write('');
    return at + 1;
  }

  #closeString(): void {
    if (this.#isName) {
      this.#tree.name(this.#text);
      this.#state = State.Colon;
    } else {
      this.#tree.add(this.#text);
      this.#closed();
    }
  }

  #openEscape(): void {
    this.#state = State.Escape;
    this.#escape = '';
  }

  #readEscape(text: string, at: number): number {
    this.#escape += text[at] as string;
    const character = characterOf(this.#escape);
    if (character === undefined) throw this.#unexpected(text, at);
    if (character !== '') {
      this.#state = State.String;
      this.#append(character);
    }
    return at + 1;
  }

  #closeScalar(at: number): void {
    const value = parseJson(this.#text);
    if (value === undefined) throw this.#fail(`unexpected "${this.#text.slice(0, 20)}"`, at);
    this.#tree.add(value);
    this.#closed();
  }

  #openContainer(text: string, at: number, kind: JsonContainer, state: State): number {
    if (!this.#takesValue) throw this.#unexpected(text, at);
    if (this.#tree.depth >= MAX_DEPTH) throw this.#fail(`nested deeper than ${MAX_DEPTH}`, at, RangeError);
    this.#tree.open(kind);
    this.#state = state;
    return at + 1;
  }

  #closeContainer(text: string, at: number, kind: JsonContainer, empty: State): number {
    if (this.#tree.kind !== kind || (this.#state !== State.Next && this.#state !== empty)) {
      throw this.#unexpected(text, at);
    }
    this.#tree.close();
    this.#closed();
    return at + 1;
  }

  /** Continues after a value. */
  #closed(): void {
    this.#state = this.#tree.done ? State.Done : State.Next;
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
