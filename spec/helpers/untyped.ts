import type { Shape } from '../../lib/json/Shape';

/** The shape of a value of unknown type. */
export interface Untyped extends Shape<Untyped> {
  readonly grows: boolean;
}

/** A shape that shows every value as far as it is received. */
export const untyped: Untyped = {
  grows: true,
  opens: () => true,
  show: (value) => value,
  field: () => untyped,
  item: () => untyped,
  after: () => untyped,
};
