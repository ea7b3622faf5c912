import { isRecord } from '../../codec/isRecord';
import type { Json } from '../translated';

/** The format of a block of reasoning that came from this API, in OpenRouter's spelling. */
const FORMAT = 'openai-responses-v1';

/**
 * Returns a reasoning item as blocks of `reasoning_details`: one with its encrypted content, none without.
 *
 * The rest of the item, such as its summary, is inside the block and not text of it: the text has been streamed already.
 */
export function detailsOfItem(
  { type: _, encrypted_content, id, ...item }: Json,
  index: number,
): readonly Json[] {
  return encrypted_content
    ? [{ type: 'reasoning.encrypted', data: encrypted_content, id, format: FORMAT, index, item }]
    : [];
}

/** Returns the reasoning item that a block contains; none for a block of another format. */
export function itemOfDetail({ type, format, data, id, item }: Json): readonly Json[] {
  if (type !== 'reasoning.encrypted' || format !== FORMAT) return [];
  return [{ type: 'reasoning', id, summary: [], ...(isRecord(item) ? item : {}), encrypted_content: data }];
}
