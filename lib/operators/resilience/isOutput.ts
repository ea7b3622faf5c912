import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { ChunkChoice } from '../../codec/ChunkChoice';
import { isRecord } from '../../codec/isRecord';
import { hasOutput } from '../../fold/hasOutput';
import { isEither } from '../either/isEither';

/**
 * Whether a value counts as output for retries, fallbacks and hedges.
 *
 * A chunk, plain or in a `Right`, and a completion count if they have output; a role, a filter result and usage are not output.
 * Any other value counts, including a chunk that cannot be decoded.
 */
export function isOutput(value: unknown): boolean {
  const answer = answerIn(value);
  return (
    answer === undefined || hasOutput(answer) || hasOutput({ choices: answer.choices?.map(messageAsDelta) })
  );
}

const messageAsDelta = ({ message }: ChunkChoice): ChunkChoice => ({
  delta: message,
});

/** Returns the chunk or the completion in a value, plain or in a `Right`; `undefined` for any other value. */
export function answerIn(value: unknown): ChatCompletionChunk | undefined {
  const inner = isEither(value) && value._tag === 'Right' ? value.right : value;
  return isAnswer(inner) ? inner : undefined;
}

/** Whether a value is a completion, which replaces the one before it. */
export const isCompletion = (value: unknown): boolean =>
  isAnswer(value) &&
  (value.object === 'chat.completion' || (value.choices?.some(({ message }) => message) ?? false));

/** Whether a value is a chunk or a completion. `object` alone marks the chunks that have no choices. */
function isAnswer(value: unknown): value is ChatCompletionChunk {
  if (!isRecord(value)) return false;
  const { choices, object } = value;
  return (
    object === 'chat.completion.chunk' ||
    choices === null ||
    (Array.isArray(choices) && choices.every(isRecord))
  );
}
