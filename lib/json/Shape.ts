/**
 * The information about one place of a JSON value before it is read, such as its type.
 *
 * Selects the values that a {@link JsonReader} includes in snapshots of an incomplete text. Shapes are immutable and shared by
 * readers.
 *
 * @typeParam S - The implementing type itself.
 */
export interface Shape<S> {
  /** Whether an incomplete string is shown here; otherwise a string is shown once it is closed. */
  readonly grows: boolean;
  /** Whether an incomplete object or list is shown here; otherwise it is shown once it is closed. */
  opens(kind: JsonContainer): boolean;
  /** Returns the shown form of a closed value, {@link NOTHING} if it does not fit. Not called for containers that {@link opens} accepts. */
  show(value: unknown): unknown;
  /** Returns the shape of a field of the object. */
  field(name: string): S;
  /** Returns the shape of an item of the list. */
  item(index: number): S;
  /** Returns the shape of the object after one of its fields has closed. */
  after(name: string, value: unknown): S;
}

/** The absence of a value to show. Differs from every JSON value. */
export const NOTHING = Symbol('nothing');

/** The kinds of JSON values that have parts. */
export type JsonContainer = 'object' | 'array';
