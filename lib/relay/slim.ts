import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';

/** Fields that most servers repeat in each chunk, and that clients read once. */
const REPEATED = new Set(['id', 'object', 'created', 'model', 'system_fingerprint', 'service_tier']);

/**
 * Creates a function that leaves out the repeated fields of a chunk, if they have the values of the first chunk.
 *
 * The folds keep the first value of each, so a slim stream folds to the same completion.
 */
export function createSlimmer(): (chunk: ChatCompletionChunk) => ChatCompletionChunk {
  let first: Readonly<Record<string, unknown>> | undefined;
  return (chunk) => {
    const fields = chunk as Readonly<Record<string, unknown>>;
    if (first === undefined) {
      first = fields;
      return chunk;
    }
    const slim: Record<string, unknown> = {};
    for (const name of Object.keys(fields)) {
      if (!REPEATED.has(name) || fields[name] !== first[name]) slim[name] = fields[name];
    }
    return slim;
  };
}
