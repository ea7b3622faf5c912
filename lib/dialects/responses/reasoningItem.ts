import { fieldsOf } from '../../codec/isRecord';
import type { Json } from '../translated';
import type { Item } from './Item';

/** The format of a block of reasoning that came from this API, in OpenRouter's spelling. */
const FORMAT = 'openai-responses-v1';

/** A place in an answer: the characters of its content and the number of its calls that precede. */
export type Place = readonly [characters: number, calls: number];

/** The place before all else. */
export const START: Place = [0, 0];

/** Returns the deltas of the encrypted reasoning of one stream, each with a block of `reasoning_details`. */
export class ReasoningBlocks {
  readonly #sent = new Set<string>();

  /** Number of characters of the encrypted reasoning. */
  length = 0;

  /** Number of blocks. */
  get count(): number {
    return this.#sent.size;
  }

  /** Whether the reasoning of an item was sent: not by its id, which gateways change. */
  has({ encrypted_content = '' }: Item): boolean {
    return this.#sent.has(encrypted_content);
  }

  /**
   * Returns the delta with the block of an item; none without encrypted content.
   *
   * The rest of the item, such as its summary, is inside the block and not text of it: the text has been streamed already.
   */
  add({ type: _, encrypted_content: data, id, ...item }: Item, after: Place): readonly Json[] {
    if (!data) return [];
    const index = this.count;
    this.#sent.add(data);
    this.length += data.length || 0; // A gateway may send another type.
    const block = { type: 'reasoning.encrypted', data, id, format: FORMAT, index, item, after };
    return [{ reasoning_details: [block] }];
  }
}

/** A reasoning item, and the place in the answer that it returns to. */
export interface PlacedItem {
  readonly item: Json;
  readonly after: Place;
}

/** Returns the reasoning item that a block contains; none for a block of another format. */
export function itemOfDetail({ type, format, data, id, item, after }: Json): readonly PlacedItem[] {
  if (type !== 'reasoning.encrypted' || format !== FORMAT) return [];
  return [
    {
      item: { type: 'reasoning', id, summary: [], ...fieldsOf(item), encrypted_content: data },
      // Of an answer that was kept by an earlier version, or by OpenRouter.
      after: Array.isArray(after) ? (after as unknown as Place) : START,
    },
  ];
}
