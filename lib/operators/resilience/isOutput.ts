import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import { isRecord } from '../../codec/isRecord';
import { hasOutput } from '../../fold/hasOutput';

/**
 * Whether a value counts as output for retries, fallbacks and hedges.
 *
 * A chunk, plain or in a `Right`, counts if it has output; a role, a filter result and usage are not output. Any other value
 * counts, including a chunk that cannot be decoded.
 */
export function isOutput(value: unknown): boolean {
  const inner = isEither(value) ? value.right : value;
  return !isChunk(inner) || hasOutput(inner);
}

/** Whether a value is an Either, whose `right` is absent in a `Left`. */
export const isEither = (value: unknown): value is { readonly right?: unknown } =>
  hasTag(value) && (value._tag === 'Right' || value._tag === 'Left');

const hasTag = (value: unknown): value is { readonly _tag: unknown } =>
  typeof value === 'object' && value !== null && '_tag' in value;

/** Whether a value is a chunk. `object` alone marks the chunks that have no choices. */
function isChunk(value: unknown): value is ChatCompletionChunk {
  if (!isRecord(value)) return false;
  const { choices, object } = value;
  return (
    object === 'chat.completion.chunk' ||
    (Array.isArray(choices) && choices.every(isRecord) && object !== 'chat.completion')
  );
}
