import { OpenList, OpenObject, type OpenContainer } from './containers';
import { NOTHING, type Shape } from './Shape';

/** Options for {@link JsonReader}. */
export interface JsonReaderOptions<S> {
  /** What is known of the value in advance. */
  readonly shape: S;
  /** Most containers inside each other; 512 by default. */
  readonly maxDepth?: number;
  /**
   * Called at every value that closes, the root included, after its parts.
   *
   * `value` is as it is shown, without the parts that are not; a value that is not shown itself is whole. It must not be mutated.
   */
  readonly onClose?: (closed: Closed<S>) => void;
}

/** A value that has just closed. Valid during the call only: the reader reuses it. */
export interface Closed<S> {
  readonly value: unknown;
  /** The shape of its place; for an object the shape it has come to, now that its fields are known. */
  readonly shape: S;
  /** Whether it is shown. */
  readonly shown: boolean;
  /** Where it stands: field names and indices, from the root on. */
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
const WORDS = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const HEX = /^[\da-fA-F]+$/;

/** Copied items that a character pays for; see {@link JsonReader.affordable}. */
const CREDIT = 16;

const isBlank = (unit: number): boolean => unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
/** Whether a character may be part of a number or a word: a letter, a digit, `+`, `-` or `.`. */
const isScalar = (unit: number): boolean =>
  (unit >= 0x30 && unit <= 0x39) ||
  (unit >= 0x61 && unit <= 0x7a) ||
  (unit >= 0x41 && unit <= 0x5a) ||
  unit === 0x2b ||
  unit === 0x2d ||
  unit === 0x2e;
const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/**
 * Reads a JSON text that arrives in pieces.
 *
 * Accepts what `JSON.parse` accepts, and gives the same value. Meanwhile {@link JsonReader.value} is the value as far as it is
 * written: snapshots are immutable and share every part that has closed. Reading is linear, and so is looking as long as
 * {@link JsonReader.affordable} is heeded.
 */
export class JsonReader<S extends Shape<S>> {
  /** The error that {@link push} or {@link end} has thrown. */
  error: SyntaxError | RangeError | undefined;

  private state = State.Value;
  private readonly open: Array<OpenContainer<S>> = [];
  /** The last open container. A field, because reading index -1 of an empty array deoptimizes every caller. */
  private innermost: OpenContainer<S> | undefined;
  /** How many of the open containers are not shown, or are inside of one that is not. */
  private hidden = 0;
  private readonly rootShape: S;
  private readonly maxDepth: number;
  private readonly onClose: ((closed: Closed<S>) => void) | undefined;
  private readonly closed: { -readonly [K in keyof Closed<S>]: Closed<S>[K] };

  /** The string, number or word that is being read. */
  private text = '';
  /** A high surrogate at its end, which is half a character until the other half comes. */
  private half = '';
  private isName = false;
  private hex = '';

  private root: unknown = NOTHING;
  private snapshot: unknown;
  private isStale = false;
  /** Copied items that are paid for, and those that the next snapshot costs beyond its innermost container. */
  private credit = 0;
  private outerCost = 0;
  /** How many characters earlier pushes have brought. */
  private before = 0;

  constructor({ shape, maxDepth = 512, onClose }: JsonReaderOptions<S>) {
    this.rootShape = shape;
    this.maxDepth = maxDepth;
    this.onClose = onClose;
    this.closed = { value: undefined, shape, shown: true, path: () => this.open.map(({ key }) => key) };
  }

  /** Whether the root has closed. */
  get done(): boolean {
    return this.state === State.Done;
  }

  /** The value as far as it is written, `undefined` before it begins. The same object as long as nothing more is shown. */
  get value(): unknown {
    if (this.isStale) {
      this.isStale = false;
      this.credit -= this.cost;
      this.snapshot = this.copy();
    }
    return this.snapshot;
  }

  /**
   * Whether the text so far pays for the copies of another snapshot.
   *
   * A snapshot copies every container that is open, so one after each piece would be quadratic for a long flat list.
   */
  get affordable(): boolean {
    return this.cost <= this.credit;
  }

  /**
   * Reads on.
   *
   * @returns How many characters were read: fewer than there are if the root closes before.
   * @throws SyntaxError where `JSON.parse` would, RangeError if it is nested too deep. Nothing can be read after that.
   */
  push(text: string): number {
    let at = 0;
    while (at < text.length && this.state !== State.Done) {
      switch (this.state) {
        case State.String:
          at = this.readString(text, at);
          break;
        case State.Scalar:
          at = this.readScalar(text, at);
          break;
        default:
          at = this.readUnit(text, at);
      }
    }
    this.before += text.length;
    this.credit += CREDIT * text.length;
    return at;
  }

  /**
   * Ends the text.
   *
   * @throws SyntaxError if the value is not complete.
   */
  end(): void {
    if (this.state === State.Scalar) this.closeScalar(0);
    if (this.state !== State.Done) throw this.fail('unexpected end', 0);
  }

  private readString(text: string, from: number): number {
    for (let at = from; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit !== QUOTE && unit !== BACKSLASH && unit >= FIRST_PRINTABLE) continue;
      this.append(text.slice(from, at));
      if (unit === BACKSLASH) this.state = State.Escape;
      else if (unit === QUOTE) this.closeString();
      else throw this.unexpected(text, at);
      return at + 1;
    }
    this.append(text.slice(from));
    return text.length;
  }

  /** Strings are only appended to: to look into a joined one would copy it, time and again. */
  private append(piece: string): void {
    if (piece === '') return;
    const ends = isHighSurrogate(piece.charCodeAt(piece.length - 1));
    const whole = this.half + (ends ? piece.slice(0, -1) : piece);
    this.half = ends ? piece.slice(-1) : '';
    if (whole === '') return;
    this.text += whole;
    if (!this.isName && this.partShape.grows) this.show();
  }

  private readScalar(text: string, from: number): number {
    let at = from;
    while (at < text.length && isScalar(text.charCodeAt(at))) at += 1;
    this.text += text.slice(from, at);
    if (at < text.length) this.closeScalar(at);
    return at;
  }

  private readUnit(text: string, at: number): number {
    const unit = text.charCodeAt(at);
    switch (this.state) {
      case State.Escape:
        return this.readEscape(text, at);
      case State.Unicode:
        return this.readHex(text, at);
      default:
        if (isBlank(unit)) return at + 1;
    }
    switch (text[at]) {
      case '"':
        return this.openString(text, at);
      case '{':
        return this.openContainer(text, at, (shape) => new OpenObject(shape), State.NameOrEnd);
      case '[':
        return this.openContainer(text, at, (shape) => new OpenList(shape), State.ItemOrEnd);
      case '}':
        return this.closeContainer(text, at, 'object', State.NameOrEnd);
      case ']':
        return this.closeContainer(text, at, 'array', State.ItemOrEnd);
      case ',':
        if (this.state !== State.Next) throw this.unexpected(text, at);
        this.state = this.innermost?.kind === 'object' ? State.Name : State.Value;
        return at + 1;
      case ':':
        if (this.state !== State.Colon) throw this.unexpected(text, at);
        this.state = State.Value;
        return at + 1;
      default:
        if (!this.takesValue || !isScalar(unit)) throw this.unexpected(text, at);
        this.text = '';
        this.state = State.Scalar;
        return at;
    }
  }

  private get takesValue(): boolean {
    return this.state === State.Value || this.state === State.ItemOrEnd;
  }

  /** The shape of the value that is being read. */
  private get partShape(): S {
    return this.innermost?.part ?? this.rootShape;
  }

  private openString(text: string, at: number): number {
    this.isName = this.state === State.Name || this.state === State.NameOrEnd;
    if (!this.isName && !this.takesValue) throw this.unexpected(text, at);
    this.state = State.String;
    this.text = '';
    this.half = '';
    if (!this.isName && this.partShape.grows) this.show();
    return at + 1;
  }

  private closeString(): void {
    const text = this.text + this.half;
    if (this.isName) {
      (this.innermost as OpenObject<S>).open(text);
      this.state = State.Colon;
    } else {
      // What has grown is shown already.
      const isNew = this.isStale || !this.partShape.grows || this.half !== '';
      this.closeValue(text, isNew);
    }
  }

  private readEscape(text: string, at: number): number {
    const letter = text[at] as string;
    const escaped = ESCAPES[letter];
    if (escaped !== undefined) {
      this.state = State.String;
      this.append(escaped);
    } else if (letter === 'u') {
      this.state = State.Unicode;
      this.hex = '';
    } else {
      throw this.unexpected(text, at);
    }
    return at + 1;
  }

  private readHex(text: string, at: number): number {
    const digits = text.slice(at, at + 4 - this.hex.length);
    if (!HEX.test(digits)) throw this.unexpected(text, at);
    this.hex += digits;
    if (this.hex.length === 4) {
      this.state = State.String;
      this.append(String.fromCharCode(Number.parseInt(this.hex, 16)));
    }
    return at + digits.length;
  }

  private closeScalar(at: number): void {
    const { text } = this;
    if (WORDS.has(text)) this.closeValue(WORDS.get(text), true);
    else if (NUMBER.test(text)) this.closeValue(Number(text), true);
    else throw this.fail(`unexpected "${text.slice(0, 20)}"`, at);
  }

  private openContainer(
    text: string,
    at: number,
    begin: (shape: S) => OpenContainer<S>,
    state: State,
  ): number {
    if (!this.takesValue) throw this.unexpected(text, at);
    if (this.open.length >= this.maxDepth)
      throw this.fail(`nested deeper than ${this.maxDepth}`, at, RangeError);
    this.outerCost += this.innermost?.cost ?? 0;
    const container = begin(this.partShape);
    this.open.push(container);
    this.innermost = container;
    if (this.hidden > 0 || !container.visible) this.hidden += 1;
    this.show();
    this.state = state;
    return at + 1;
  }

  private closeContainer(text: string, at: number, kind: OpenContainer<S>['kind'], empty: State): number {
    const { innermost } = this;
    if (innermost?.kind !== kind || (this.state !== State.Next && this.state !== empty)) {
      throw this.unexpected(text, at);
    }
    this.open.pop();
    this.innermost = this.open.at(-1);
    if (this.hidden > 0) this.hidden -= 1;
    this.outerCost -= this.innermost?.cost ?? 0;
    // The last snapshot has a copy of it; if nothing was added since, that is the value.
    const isNew = this.isStale || innermost.copy === undefined;
    this.closeValue(isNew ? innermost.value : innermost.copy, isNew, innermost);
    return at + 1;
  }

  /**
   * @param isNew - Whether the last snapshot does not show the value.
   * @param container - The value, if it has parts.
   */
  private closeValue(value: unknown, isNew: boolean, container?: OpenContainer<S>): void {
    const { innermost, partShape } = this;
    const part = container?.visible === true ? value : partShape.show(value);
    const shown = part !== NOTHING;
    if (this.onClose !== undefined) {
      const { closed } = this;
      closed.value = shown ? part : value;
      closed.shape = container?.shape ?? partShape;
      closed.shown = shown;
      this.onClose(closed);
    }
    let isChanged = shown;
    if (innermost === undefined) {
      this.root = shown ? part : undefined;
      this.state = State.Done;
    } else {
      const { key } = innermost;
      isChanged = innermost.close(part);
      if (typeof key === 'string') innermost.shape = innermost.shape.after(key, value);
      this.state = State.Next;
    }
    if (isChanged && isNew) this.show();
  }

  private show(): void {
    if (this.hidden === 0) this.isStale = true;
  }

  private get cost(): number {
    return this.outerCost + (this.innermost?.cost ?? 0);
  }

  /** Copies what is open, from the innermost container to the root. */
  private copy(): unknown {
    if (this.state === State.Done) return this.root;
    const isGrowing = this.hidden === 0 && this.isInString && this.partShape.grows;
    let part: unknown = isGrowing ? this.text : NOTHING;
    // What is inside of a container that is not shown is no part of a snapshot.
    for (let i = this.open.length - this.hidden - 1; i >= 0; i -= 1) {
      const container = this.open[i] as OpenContainer<S>;
      part = container.copy = container.copyWith(part);
    }
    return part === NOTHING ? undefined : part;
  }

  private get isInString(): boolean {
    return (
      !this.isName &&
      (this.state === State.String || this.state === State.Escape || this.state === State.Unicode)
    );
  }

  private unexpected(text: string, at: number): Error {
    return this.fail(`unexpected ${JSON.stringify(text[at])}`, at);
  }

  private fail(
    problem: string,
    at: number,
    kind: typeof SyntaxError | typeof RangeError = SyntaxError,
  ): Error {
    this.error = new kind(`${problem} at character ${this.before + at}`);
    return this.error;
  }
}
