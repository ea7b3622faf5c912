import type { CompletionChoice } from '../codec/ChatCompletion';
import type { Delta } from '../codec/Delta';
import type { Draft } from './Draft';
import { readField, writeField } from './fields';
import { join, type Rule, type Rules } from './join';
import { joinToolCalls, type IndexedToolCalls, type OnFragment } from './joinToolCalls';

/** A choice so far, as plain data that can be stored between two chunks. */
export interface FoldedChoice extends CompletionChoice {
  /**
   * The `index` of each tool call on the wire; absent as long as each is the place of its call.
   *
   * Not in the message: that goes back to the server, and some refuse fields that they do not know.
   */
  readonly toolCallIndexes?: readonly number[];
}

/** Keeps the calls so far, or `null` if the server sends it: {@link joinMessage} joins them. */
export const joinedWithIndexes: Rule = (before, delta) => before ?? (delta === null ? null : undefined);

/**
 * Joins a delta to the message of a choice.
 *
 * @param otherwise - The rule for other fields.
 * @param onFragment - Called after each fragment of a tool call.
 * @returns The choice itself if the delta adds nothing.
 */
export function joinMessage(
  choice: FoldedChoice,
  delta: Delta,
  rules: Rules,
  draft: Draft,
  otherwise: Rule,
  onFragment?: OnFragment,
): FoldedChoice {
  let message = join(choice.message ?? {}, delta, rules, draft, otherwise);
  let next: FoldedChoice = choice;
  if (delta.tool_calls?.length) {
    const before = {
      calls: readField(message, 'tool_calls') ?? [],
      indexes: readField(choice, 'toolCallIndexes'),
    } as IndexedToolCalls;
    const { calls, indexes } = joinToolCalls(before, delta.tool_calls, draft, onFragment);
    if (calls.length > 0) message = withField(message, 'tool_calls', calls, draft);
    if (indexes !== undefined) next = withField(next, 'toolCallIndexes', indexes, draft);
  }
  return withField(next, 'message', message, draft);
}

function withField<T extends object>(object: T, name: string, value: unknown, draft: Draft): T {
  if (readField(object, name) === value) return object;
  const copy = draft.object(object);
  writeField(copy, name, value);
  return copy as T;
}
