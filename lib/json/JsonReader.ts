import { OpenList, OpenObject, type OpenContainer } from './containers';
import { NOTHING, type Shape } from './Shape';

// One file over 250 lines: a state machine whose states share the stack and the text that is being read.

/** Options for {@link JsonReader}. */
export interface JsonReaderOptions<S> {
  /** The shape of the value. */
  readonly shape: S;
  /** Maximum nesting of containers. Default 512. */
  readonly maxDepth?: number;
  /**
   * Called for every value that closes, including the root, after its parts.
   *
   * `value` has only the parts that are shown, or all parts if it is not shown itself. Do not mutate it.
   */
  readonly onClose?: (closed: Closed<S>) => void;
}

/** A value that has just closed. Valid only during the call: the reader reuses the object. */
export interface Closed<S> {
  readonly value: unknown;
  /** The shape of its place; for an object the shape after all its fields. */
  readonly shape: S;
  /** Whether it is shown. */
  readonly shown: boolean;
  /** Returns its path: field names and indices, from the root. */
  path(): ReadonlyArray<string | number>;
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
  Unicode,
  /** In a number, `true`, `false` or `null`. */
  Scalar,
  Done,
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;

const ESCAPES: Readonly<Record<string, string | undefined>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const HEX = /^[\da-fA-F]+$/;

/** Copied items allowed for each character; see {@link JsonReader.affordable}. */
const CREDIT = 16;

const isBlank = (unit: number): boolean => unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
/** Whether a character may be part of a number or a literal name: a letter, a digit, `+`, `-` or `.`. */
const isScalar = (unit: number): boolean =>
  (unit >= 0x30 && unit <= 0x39) ||
  (unit >= 0x61 && unit <= 0x7a) ||
  (unit >= 0x41 && unit <= 0x5a) ||
  unit === 0x2b ||
  unit === 0x2d ||
  unit === 0x2e;
const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/**
 * Reads a JSON text that arrives in parts.
 *
 * Accepts the texts that `JSON.parse` accepts, and returns the same value. Until the end {@link JsonReader.value} is a snapshot of
 * the value so far. Snapshots are immutable and share every closed part. Reading takes linear time, and so do snapshots if you read
 * `value` only while {@link JsonReader.affordable} is true.
 */
export class JsonReader<S extends Shape<S>> {
  /** The error thrown by {@link push} or {@link end}. */
  error: SyntaxError | RangeError | undefined;
  /** Number of characters before the {@link error}. */
  position = 0;
  /** Whether a value has closed: the root, or a part of it. */
  hasClosed = false;

  #state = State.Value;
  readonly #open: Array<OpenContainer<S>> = [];
  /** The last open container. A field, because reading index -1 of an empty array deoptimizes every caller. */
  #innermost: OpenContainer<S> | undefined;
  /** Number of open containers that are not shown, or are inside one that is not. */
  #hidden = 0;
  #rootShape: S;
  readonly #maxDepth: number;
  readonly #onClose: ((closed: Closed<S>) => void) | undefined;
  readonly #closed: { -readonly [K in keyof Closed<S>]: Closed<S>[K] };

  /** The open string, number or literal name. */
  #text = '';
  /** A high surrogate at its end, held back until the low one is received. */
  #highSurrogate = '';
  #isName = false;
  #hex = '';

  #root: unknown = NOTHING;
  #snapshot: unknown;
  #isStale = false;
  /** Copied items allowed so far, and the cost of the next snapshot outside its innermost container. */
  #credit = 0;
  #outerCost = 0;
  /** Number of characters of earlier pushes. */
  #before = 0;

  constructor({ shape, maxDepth = 512, onClose }: JsonReaderOptions<S>) {
    this.#rootShape = shape;
    this.#maxDepth = maxDepth;
    this.#onClose = onClose;
    this.#closed = { value: undefined, shape, shown: true, path: () => this.#open.map(({ key }) => key) };
  }

  /** Whether the root has closed. */
  get done(): boolean {
    return this.#state === State.Done;
  }

  /** The shape of the root, after its fields so far. */
  get shape(): S {
    return this.#open[0]?.shape ?? this.#rootShape;
  }

  /** The value so far, `undefined` before it begins. The same object until there is more to show. */
  get value(): unknown {
    if (this.#isStale) {
      this.#isStale = false;
      this.#credit -= this.#cost;
      this.#snapshot = this.#copy();
    }
    return this.#snapshot;
  }

  /**
   * Whether the text so far is long enough for the cost of another snapshot.
   *
   * A snapshot copies every open container, so one after each push would take quadratic time for a long flat list.
   */
  get affordable(): boolean {
    return this.#cost <= this.#credit;
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
        default:
          at = this.#readUnit(text, at);
      }
    }
    this.#before += text.length;
    this.#credit += CREDIT * text.length;
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
      if (unit === BACKSLASH) this.#state = State.Escape;
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
    const isSplit = isHighSurrogate(added.charCodeAt(added.length - 1));
    const complete = this.#highSurrogate + (isSplit ? added.slice(0, -1) : added);
    this.#highSurrogate = isSplit ? added.slice(-1) : '';
    if (complete === '') return;
    this.#text += complete;
    if (!this.#isName && this.#partShape.grows) this.#show();
  }

  #readScalar(text: string, from: number): number {
    let at = from;
    while (at < text.length && isScalar(text.charCodeAt(at))) at += 1;
    this.#text += text.slice(from, at);
    if (at < text.length) this.#closeScalar(at);
    return at;
  }

  #readUnit(text: string, at: number): number {
    const unit = text.charCodeAt(at);
    switch (this.#state) {
      case State.Escape:
        return this.#readEscape(text, at);
      case State.Unicode:
        return this.#readHex(text, at);
      default:
        if (isBlank(unit)) return at + 1;
    }
    switch (text[at]) {
      case '"':
        return this.#openString(text, at);
      case '{':
        return this.#openContainer(text, at, (shape) => new OpenObject(shape), State.NameOrEnd);
      case '[':
        return this.#openContainer(text, at, (shape) => new OpenList(shape), State.ItemOrEnd);
      case '}':
        return this.#closeContainer(text, at, 'object', State.NameOrEnd);
      case ']':
        return this.#closeContainer(text, at, 'array', State.ItemOrEnd);
      case ',':
        if (this.#state !== State.Next) throw this.#unexpected(text, at);
        this.#state = this.#innermost?.kind === 'object' ? State.Name : State.Value;
        return at + 1;
      case ':':
        if (this.#state !== State.Colon) throw this.#unexpected(text, at);
        this.#state = State.Value;
        return at + 1;
      default:
        if (!this.#takesValue || !isScalar(unit)) throw this.#unexpected(text, at);
        this.#text = '';
        this.#state = State.Scalar;
        return at;
    }
  }

  get #takesValue(): boolean {
    return this.#state === State.Value || this.#state === State.ItemOrEnd;
  }

  /** The shape of the open value. */
  get #partShape(): S {
    return this.#innermost?.part ?? this.#rootShape;
  }

  #openString(text: string, at: number): number {
    this.#isName = this.#state === State.Name || this.#state === State.NameOrEnd;
    if (!this.#isName && !this.#takesValue) throw this.#unexpected(text, at);
    this.#state = State.String;
    this.#text = '';
    this.#highSurrogate = '';
    if (!this.#isName && this.#partShape.grows) this.#show();
    return at + 1;
  }

  #closeString(): void {
    const text = this.#text + this.#highSurrogate;
    if (this.#isName) {
      (this.#innermost as OpenObject<S>).open(text);
      this.#state = State.Colon;
    } else {
      // A growing string is already in the snapshot.
      const isNew = this.#isStale || !this.#partShape.grows || this.#highSurrogate !== '';
      this.#closeValue(text, isNew);
    }
  }

  #readEscape(text: string, at: number): number {
    const letter = text[at] as string;
    const escaped = ESCAPES[letter];
    if (escaped !== undefined) {
      this.#state = State.String;
      this.#append(escaped);
    } else if (letter === 'u') {
      this.#state = State.Unicode;
      this.#hex = '';
    } else {
      throw this.#unexpected(text, at);
    }
    return at + 1;
  }

  #readHex(text: string, at: number): number {
    const digits = text.slice(at, at + 4 - this.#hex.length);
    if (!HEX.test(digits)) throw this.#unexpected(text, at);
    this.#hex += digits;
    if (this.#hex.length === 4) {
      this.#state = State.String;
      this.#append(String.fromCharCode(Number.parseInt(this.#hex, 16)));
    }
    return at + digits.length;
  }

  #closeScalar(at: number): void {
    this.#closeValue(this.#scalarOf(this.#text, at), true);
  }

  #scalarOf(text: string, at: number): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw this.#fail(`unexpected "${text.slice(0, 20)}"`, at);
    }
  }

  #openContainer(text: string, at: number, begin: (shape: S) => OpenContainer<S>, state: State): number {
    if (!this.#takesValue) throw this.#unexpected(text, at);
    if (this.#open.length >= this.#maxDepth)
      throw this.#fail(`nested deeper than ${this.#maxDepth}`, at, RangeError);
    this.#outerCost += this.#innermost?.cost ?? 0;
    const container = begin(this.#partShape);
    this.#open.push(container);
    this.#innermost = container;
    if (this.#hidden > 0 || !container.visible) this.#hidden += 1;
    this.#show();
    this.#state = state;
    return at + 1;
  }

  #closeContainer(text: string, at: number, kind: OpenContainer<S>['kind'], empty: State): number {
    const innermost = this.#innermost;
    if (innermost?.kind !== kind || (this.#state !== State.Next && this.#state !== empty)) {
      throw this.#unexpected(text, at);
    }
    this.#open.pop();
    this.#innermost = this.#open.at(-1);
    if (this.#hidden > 0) this.#hidden -= 1;
    this.#outerCost -= this.#innermost?.cost ?? 0;
    // Without additions since the last snapshot, the copy in it is the value.
    const isNew = this.#isStale || innermost.copy === undefined;
    this.#closeValue(isNew ? innermost.value : innermost.copy, isNew, innermost);
    return at + 1;
  }

  /**
   * Closes a value.
   *
   * @param isNew - Whether the value is missing in the last snapshot.
   * @param container - The container of the value, if it has parts.
   */
  #closeValue(value: unknown, isNew: boolean, container?: OpenContainer<S>): void {
    const innermost = this.#innermost;
    const partShape = this.#partShape;
    this.hasClosed = true;
    const part = container?.visible === true ? value : partShape.show(value);
    const shown = part !== NOTHING;
    if (this.#onClose !== undefined) {
      const closed = this.#closed;
      closed.value = shown ? part : value;
      closed.shape = container?.shape ?? partShape;
      closed.shown = shown;
      this.#onClose(closed);
    }
    let isChanged = shown;
    if (innermost === undefined) {
      this.#root = shown ? part : undefined;
      this.#rootShape = container?.shape ?? partShape;
      this.#state = State.Done;
    } else {
      const { key } = innermost;
      isChanged = innermost.close(part);
      if (typeof key === 'string') innermost.shape = innermost.shape.after(key, value);
      this.#state = State.Next;
    }
    if (isChanged && isNew) this.#show();
  }

  #show(): void {
    if (this.#hidden === 0) this.#isStale = true;
  }

  get #cost(): number {
    return this.#outerCost + (this.#innermost?.cost ?? 0);
  }

  /** Copies the open containers, from the innermost to the root. */
  #copy(): unknown {
    if (this.#state === State.Done) return this.#root;
    const isGrowing = this.#hidden === 0 && this.#isInString && this.#partShape.grows;
    let part: unknown = isGrowing ? this.#text : NOTHING;
    // A snapshot has no parts of a container that is not shown.
    for (let i = this.#open.length - this.#hidden - 1; i >= 0; i -= 1) {
      const container = this.#open[i] as OpenContainer<S>;
      part = container.copy = container.copyWith(part);
    }
    return part === NOTHING ? undefined : part;
  }

  get #isInString(): boolean {
    return (
      !this.#isName &&
      (this.#state === State.String || this.#state === State.Escape || this.#state === State.Unicode)
    );
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
