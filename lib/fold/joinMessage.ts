import type { CompletionChoice } from '../codec/ChatCompletion';
import type { Delta } from '../codec/Delta';
import type { Draft } from './Draft';
import { join, type Rule, type Rules } from './join';
import { joinToolCalls } from './joinToolCalls';

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

/** Joins a delta to the message of a choice. Returns the choice itself if the delta adds nothing. */
export function joinMessage(
  choice: FoldedChoice,
  delta: Delta,
  rules: Rules,
  draft: Draft,
  otherwise: Rule,
): FoldedChoice {
  let message = join(choice.message ?? {}, delta, rules, draft, otherwise);
  let indexes = choice.toolCallIndexes;
  if (delta.tool_calls?.length) {
    const before = { calls: message.tool_calls ?? [], indexes };
    const joined = joinToolCalls(before, delta.tool_calls, draft);
    if (joined.calls !== message.tool_calls) {
      const copy = draft.object(message);
      copy['tool_calls'] = joined.calls;
      message = copy;
    }
    indexes = joined.indexes;
  }
  if (message === choice.message && indexes === choice.toolCallIndexes) return choice;
  const next = draft.object(choice);
  next['message'] = message;
  if (indexes !== undefined) next['toolCallIndexes'] = indexes;
  return next;
}
