/**
 * What is known in advance about one place of a JSON value, such as its type.
 *
 * A {@link JsonReader} asks it what may be shown while the value is being written. Shapes are immutable and shared by readers.
 *
 * @typeParam S - The implementing type itself.
 */
export interface Shape<S> {
  /** Whether a string here is shown while it is being written; otherwise from its closing quote on. */
  readonly grows: boolean;
  /** Whether an object or a list here is shown while it is being written; otherwise once it has closed. */
  opens(kind: JsonContainer): boolean;
  /** What is shown of a closed value here, {@link NOTHING} if it does not fit. Not asked for what {@link opens} has let through. */
  show(value: unknown): unknown;
  /** The shape of a field of the object here. */
  field(name: string): S;
  /** The shape of an item of the list here. */
  item(index: number): S;
  /** The shape of the object here, now that one of its fields has closed. */
  after(name: string, value: unknown): S;
}

/** Stands where there is no value to show; no JSON value is one. */
export const NOTHING = Symbol('nothing');

/** The kinds of JSON values that have parts. */
export type JsonContainer = 'object' | 'array';

/** A shape of which only itself is known. */
export interface Untyped extends Shape<Untyped> {
  readonly grows: boolean;
}

const untypedAs = (grows: boolean): Untyped => {
  const shape: Untyped = {
    grows,
    opens: () => true,
    show: (value) => value,
    field: () => shape,
    item: () => shape,
    after: () => shape,
  };
  return shape;
};

/** Shows everything as far as it is written. */
export const untyped: Untyped = untypedAs(true);
