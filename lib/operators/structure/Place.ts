import { NOTHING, type Shape } from '../../json/Shape';

/**
 * The shape of one place of a JSON value that contains a list at a path.
 *
 * Keeps only the open element, and nothing outside the path, so a list of any length needs the memory of its longest element.
 */
export interface Place extends Shape<Place> {
  readonly is: 'element' | 'list' | 'other';
}

const place = (special: Partial<Place>): Place => {
  const made: Place = {
    is: 'other',
    grows: false,
    opens: () => false,
    show: () => NOTHING,
    field: () => beside,
    item: () => beside,
    after: () => made,
    ...special,
  };
  return made;
};

const beside = place({});
const inside: Place = place({
  opens: () => true,
  show: (value) => value,
  field: () => inside,
  item: () => inside,
});
const element = place({ is: 'element', field: () => inside, item: () => inside });
const list = place({ is: 'list', opens: (kind) => kind === 'array', item: () => element });

/** The shape of a list, or of the object around it that `responseFormatOf` requests. */
const listOrWrapped = place({
  is: 'list',
  opens: () => true,
  item: () => element,
  field: (name) => (name === 'value' ? list : beside),
});

function above(name: string, rest: readonly string[]): Place {
  const [next, ...further] = rest;
  const below = next === undefined ? list : above(next, further);
  return place({
    opens: (kind) => kind === 'object',
    field: (each) => (each === name ? below : beside),
  });
}

/**
 * Returns the shape of the root of a value that contains a list.
 *
 * @param path - The names of the fields that lead to the list; none if the root is the list.
 */
export function rootAbove([first, ...rest]: readonly string[]): Place {
  return first === undefined ? listOrWrapped : above(first, rest);
}
