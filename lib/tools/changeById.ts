import { Draft } from '../fold/Draft';
import { LongList, type List } from '../fold/LongList';

/** The last place of each id in a list. A cache and nothing else: it moves on with the newest list. */
const placesOfList = new WeakMap<object, Map<string | undefined, number>>();

/**
 * Changes the last item of a list that has an id, in nearly constant time, however long the list is.
 *
 * @param change - Returns the item to put in its place, or after the last one if no item has the id; `undefined` leaves the list
 * unchanged.
 */
export function changeById<T>(
  list: List<T>,
  id: string,
  idOf: (item: T) => string | undefined,
  change: (item: T | undefined) => T | undefined,
): List<T> {
  const places = placesOfList.get(list) ?? placesIn(list, idOf);
  const place = places.get(id) ?? list.length;
  const item = change(list.at(place));
  const changed = item === undefined ? list : new Draft().set(list, place, item);
  if (item !== undefined) places.set(id, place);
  placesOfList.delete(list);
  placesOfList.set(changed, places);
  return changed;
}

function placesIn<T>(list: List<T>, idOf: (item: T) => string | undefined): Map<string | undefined, number> {
  const items = list instanceof LongList ? list.toArray() : list;
  return new Map(items.map((item, place) => [idOf(item), place]));
}
