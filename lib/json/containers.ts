import { NOTHING, type JsonContainer, type Shape } from './Shape';

/** The most keys of an object that engines store by a hidden class and copy fast; a larger object is a dictionary. */
const SMALL_OBJECT = 64;
/** The cost of a copied dictionary key, in items of a list. Measured, not documented. */
const DICTIONARY_KEY = 40;

/** An object or a list that is not closed yet. */
export abstract class OpenContainer<S extends Shape<S>> {
  /** Whether it is shown before it closes. */
  readonly visible: boolean;
  /** Whether it is not shown yet, or is inside of one that is not. */
  readonly hidden: boolean;
  /** The copy in the last snapshot; `undefined` if the container opened later. */
  copy: unknown;

  /** The value so far, without its open part. Mutated until it closes. */
  abstract readonly value: unknown;
  /** The key of the open part. */
  abstract readonly key: string | number;
  /** The shape of that part. */
  abstract readonly part: S;
  /** The cost of a copy, in items of a list. */
  abstract readonly cost: number;

  /** @param shape - The shape of the container. May change when a field closes. */
  constructor(
    readonly kind: JsonContainer,
    public shape: S,
    outer: OpenContainer<S> | undefined,
  ) {
    this.visible = shape.opens(kind);
    this.hidden = !this.visible || (outer?.hidden ?? false);
  }

  /** Adds a closed part, `NOTHING` if it is not shown. Returns whether the value has changed. */
  abstract close(part: unknown): boolean;
  /** Copies the value and adds the open part as far as it is received. */
  abstract copyWith(part: unknown): unknown;
}

/** A list that is not closed yet. */
export class OpenList<S extends Shape<S>> extends OpenContainer<S> {
  readonly value: unknown[] = [];
  key = 0;
  part = this.shape.item(0);

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
export class OpenObject<S extends Shape<S>> extends OpenContainer<S> {
  readonly value: Record<string, unknown> = {};
  key = '';
  part = this.shape;
  cost = 0;
  #size = 0;

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
