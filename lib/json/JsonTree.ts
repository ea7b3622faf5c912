import { OpenList, OpenObject, type OpenContainer } from './containers';
import { NOTHING, type JsonContainer, type Shape } from './Shape';

/** A value that has just closed. Its path is that of the call only. */
export interface Closed<S> {
  readonly value: unknown;
  /** The shape of its place; for an object the shape after all its fields. */
  readonly shape: S;
  /** Whether it is shown. */
  readonly shown: boolean;
  /** Returns its path: field names and indices, from the root. */
  path(): ReadonlyArray<string | number>;
}

/** Options for {@link JsonTree}. */
export interface JsonTreeOptions<S> {
  /** The shape of the value. */
  readonly shape: S;
  /**
   * Called for every value that closes, including the root, after its parts.
   *
   * `value` has only the parts that are shown, or all parts if it is not shown itself. Do not mutate it.
   */
  readonly onClose?: (closed: Closed<S>) => void;
}

/** Copied items allowed for each character; see {@link JsonTree.affordable}. */
const CREDIT = 16;

/**
 * A JSON value that is built part by part, and its snapshots.
 *
 * The calls have to be in the order of a JSON text: a part belongs to the innermost container that is open. Snapshots are immutable
 * and share every closed part.
 */
export abstract class JsonTree<S extends Shape<S>> {
  /** Whether a value has closed: the root, or a part of it. */
  hasClosed = false;

  readonly #open: Array<OpenContainer<S>> = [];
  /** The last open container. A field, because reading index -1 of an empty array deoptimizes every caller. */
  #innermost: OpenContainer<S> | undefined;
  #rootShape: S;
  readonly #onClose: ((closed: Closed<S>) => void) | undefined;

  /** The open string as far as it is shown. */
  #string: unknown = NOTHING;
  #root: unknown = NOTHING;
  #snapshot: unknown;
  #isStale = false;
  /** Copied items allowed so far, and the cost of the next snapshot outside its innermost container. */
  #credit = 0;
  #outerCost = 0;

  constructor({ shape, onClose }: JsonTreeOptions<S>) {
    this.#rootShape = shape;
    this.#onClose = onClose;
  }

  /** Whether the root has closed. */
  get done(): boolean {
    return this.#root !== NOTHING;
  }

  /** Number of open containers. */
  protected get depth(): number {
    return this.#open.length;
  }

  /** The kind of the innermost container; `undefined` outside the root. */
  protected get kind(): JsonContainer | undefined {
    return this.#innermost?.kind;
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

  /** Allows the cost of snapshots for more characters. */
  protected allow(characters: number): void {
    this.#credit += CREDIT * characters;
  }

  /** Opens a container. */
  protected open(kind: JsonContainer): void {
    this.#outerCost += this.#innermost?.cost ?? 0;
    const shape = this.#partShape;
    const Container = kind === 'object' ? OpenObject : OpenList;
    const container = new Container(kind, shape, this.#innermost);
    this.#open.push(container);
    this.#innermost = container;
    this.#show();
  }

  /** Closes the innermost container. */
  protected close(): void {
    const container = this.#open.pop() as OpenContainer<S>;
    this.#innermost = this.#open.at(-1);
    this.#outerCost -= this.#innermost?.cost ?? 0;
    // Without additions since the last snapshot, the copy in it is the value.
    const isNew = this.#isStale || container.copy === undefined;
    this.#closeValue(isNew ? container.value : container.copy, isNew, container.shape, container.visible);
  }

  /** Begins a field of the innermost container, an object. */
  protected name(name: string): void {
    (this.#innermost as OpenObject<S>).open(name);
  }

  /** Shows an incomplete string, if its place shows these. */
  protected write(text: string): void {
    if (!this.#partShape.grows) return;
    this.#string = text;
    this.#show();
  }

  /** Adds a complete string, number, boolean or `null`. */
  protected add(value: unknown): void {
    // A string that has grown to its end is already in the snapshot.
    const isNew = this.#isStale || value !== this.#string;
    this.#string = NOTHING;
    this.#closeValue(value, isNew, this.#partShape, false);
  }

  /** The shape of the open value. */
  get #partShape(): S {
    return this.#innermost?.part ?? this.#rootShape;
  }

  /**
   * Closes a value.
   *
   * @param isNew - Whether the value is missing in the last snapshot.
   * @param shape - The shape of the value after its parts.
   * @param isVisible - Whether its parts were shown before.
   */
  #closeValue(value: unknown, isNew: boolean, shape: S, isVisible: boolean): void {
    const innermost = this.#innermost;
    this.hasClosed = true;
    const part = isVisible ? value : this.#partShape.show(value);
    const shown = part !== NOTHING;
    this.#onClose?.({
      value: shown ? part : value,
      shape,
      shown,
      path: () => this.#open.map(({ key }) => key),
    });
    let isChanged = shown;
    if (innermost === undefined) {
      this.#root = shown ? part : undefined;
      this.#rootShape = shape;
    } else {
      const { key } = innermost;
      isChanged = innermost.close(part);
      if (typeof key === 'string') innermost.shape = innermost.shape.after(key, value);
    }
    if (isChanged && isNew) this.#show();
  }

  #show(): void {
    if (!this.#isHidden) this.#isStale = true;
  }

  get #cost(): number {
    return this.#outerCost + (this.#innermost?.cost ?? 0);
  }

  /** Copies the open containers, from the innermost to the root. */
  #copy(): unknown {
    if (this.done) return this.#root;
    return this.#open.reduceRight(
      (part, container) => (container.hidden ? NOTHING : (container.copy = container.copyWith(part))),
      this.#string,
    );
  }

  get #isHidden(): boolean {
    return this.#innermost?.hidden ?? false;
  }
}
