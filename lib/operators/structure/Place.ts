import { NOTHING, type Shape } from '../../json/Shape';

/**
 * A place in a JSON value, as seen from the list at the end of a path.
 *
 * Nothing beside the path is kept, and an element only until it has closed: a list of any length takes the memory of its longest
 * element.
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

/** A list, or an object around it, as `responseFormatOf` asks for. */
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
 * The root of a value with a list in it.
 *
 * @param path - The names of the fields that lead to the list; none where the root is the list.
 */
export function rootAbove([first, ...rest]: readonly string[]): Place {
  return first === undefined ? listOrWrapped : above(first, rest);
}
