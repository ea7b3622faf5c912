import { JsonReader } from '../../json/JsonReader';
import type { Place } from './Place';

/** Reads a value that contains a list, without keeping its elements. */
export class ListReader extends JsonReader<Place> {
  /** Whether the list has closed. */
  hasList = false;
  /** Whether an element fits; without any element the list. */
  fits = false;
  /** The value in the place of the list, if it is not one. */
  misfit: unknown;

  /** @param onElement - Called for each element that closes. Returns whether it fits. */
  constructor(root: Place, onElement: (value: unknown, place: string) => boolean) {
    let isEmpty = true;
    super({
      shape: root,
      onClose: ({ shape, value, path }) => {
        if (shape.is === 'element') {
          isEmpty = false;
          if (onElement(value, path().join('/'))) this.fits = true;
        } else if (shape.is === 'list') {
          if (Array.isArray(value)) {
            this.hasList = true;
            this.fits ||= isEmpty;
          } else if (this.misfit === undefined) this.misfit = value;
        }
      },
    });
  }
}
