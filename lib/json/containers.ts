import { NOTHING, type JsonContainer, type Shape } from './Shape';

/** The most keys of an object that engines store by a hidden class and copy fast; a larger object is a dictionary. */
const SMALL_OBJECT = 64;
/** The cost of a copied dictionary key, in items of a list. Measured, not documented. */
const DICTIONARY_KEY = 40;

/** An object or a list that is not closed yet. */
export interface OpenContainer<S> {
  readonly kind: JsonContainer;
  /** The value so far, without its open part. Mutated until it closes. */
  readonly value: unknown;
  /** Whether it is shown before it closes. */
  readonly visible: boolean;
  /** The shape of the container. May change when a field closes. */
  shape: S;
  /** The shape of the open part. */
  part: S;
  /** The key of that part. */
  readonly key: string | number;
  /** The copy in the last snapshot; `undefined` if the container opened later. */
  copy: unknown;
  /** The cost of a copy, in items of a list. */
  readonly cost: number;
  /** Adds a closed part, `NOTHING` if it is not shown. Returns whether the value has changed. */
  close(part: unknown): boolean;
  /** Copies the value and adds the open part as far as it is received. */
  copyWith(part: unknown): unknown;
}

/** A list that is not closed yet. */
export class OpenList<S extends Shape<S>> implements OpenContainer<S> {
  readonly kind = 'array';
  readonly value: unknown[] = [];
  readonly visible: boolean;
  part: S;
  copy: unknown;
  key = 0;

  constructor(readonly shape: S) {
    this.visible = shape.opens('array');
    this.part = shape.item(0);
  }

  get cost(): number {
    return this.value.length;
  }

  close(part: unknown): boolean {
    const isShown = part !== NOTHING;
    if (isShown) this.value.push(part);
    this.key += 1;
    this.part = this.shape.item(this.key);
    return isShown;
  }

  copyWith(part: unknown): unknown {
    // Unlike a spread, it allocates no room for further items.
    return this.value.concat(part === NOTHING ? [] : [part]);
  }
}

/** An object that is not closed yet. */
export class OpenObject<S extends Shape<S>> implements OpenContainer<S> {
  readonly kind = 'object';
  readonly value: Record<string, unknown> = {};
  readonly visible: boolean;
  part: S;
  copy: unknown;
  key = '';
  cost = 0;
  #size = 0;

  constructor(public shape: S) {
    this.visible = shape.opens('object');
    this.part = shape;
  }

  /** Begins a field. */
  open(key: string): void {
    this.key = key;
    this.part = this.shape.field(key);
  }

  close(part: unknown): boolean {
    const { key, value } = this;
    // The last of several fields with the same name counts, shown or not.
    if (part === NOTHING) return Object.hasOwn(value, key) && Reflect.deleteProperty(value, key);
    if (key === '__proto__') {
      Object.defineProperty(value, key, {
        value: part,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    } else {
      value[key] = part;
    }
    this.#size += 1;
    this.cost += this.#size > SMALL_OBJECT ? DICTIONARY_KEY : 1;
    return true;
  }

  copyWith(part: unknown): unknown {
    // Spread and computed keys both define `__proto__` as an ordinary field.
    return part === NOTHING ? { ...this.value } : { ...this.value, [this.key]: part };
  }
}
