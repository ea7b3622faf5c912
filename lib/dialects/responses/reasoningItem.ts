import { isRecord } from '../../codec/isRecord';
import type { Json } from '../translated';

/** The format of a block of reasoning that came from this API, in OpenRouter's spelling. */
const FORMAT = 'openai-responses-v1';

/** A place in an answer: the characters of its content and the number of its calls that precede. */
export type Place = readonly [characters: number, calls: number];

/** The place before all else. */
export const START: Place = [0, 0];

/**
 * Returns a reasoning item as blocks of `reasoning_details`: one with its encrypted content, none without.
 *
 * The rest of the item, such as its summary, is inside the block and not text of it: the text has been streamed already.
 */
export function detailsOfItem(
  { type: _, encrypted_content, id, ...item }: Json,
  index: number,
  after: Place,
): readonly Json[] {
  return encrypted_content
    ? [{ type: 'reasoning.encrypted', data: encrypted_content, id, format: FORMAT, index, item, after }]
    : [];
}

/** A reasoning item, and the place in the answer that it returns to. */
export interface PlacedItem {
  readonly item: Json;
  readonly after: Place;
}

/** Returns the reasoning item that a block contains; none for a block of another format. */
export function itemOfDetail({ type, format, data, id, item, after }: Json): readonly PlacedItem[] {
  if (type !== 'reasoning.encrypted' || format !== FORMAT) return [];
  const rest = isRecord(item) ? item : {};
  return [
    {
      item: { type: 'reasoning', id, summary: [], ...rest, encrypted_content: data },
      // Of an answer that was kept by an earlier version, or by OpenRouter.
      after: Array.isArray(after) ? (after as unknown as Place) : START,
    },
  ];
}
