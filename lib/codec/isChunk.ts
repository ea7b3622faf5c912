import { ChatCompletionChunk } from './ChatCompletionChunk';
import { fieldsOf } from './isRecord';

/** Whether any value is a decoded chunk with choices. A completion, or a question of an app, has choices too, but no deltas. */
export function isChunk(value: unknown): value is ChatCompletionChunk {
  const { choices, object } = fieldsOf(value);
  return (
    Array.isArray(choices) &&
    object !== 'chat.completion' &&
    choices.every((choice) => 'delta' in fieldsOf(choice)) &&
    ChatCompletionChunk.is(value)
  );
}
