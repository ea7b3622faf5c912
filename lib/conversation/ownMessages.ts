import { hasLongLists, withFields } from '../fold/fields';
import type { Message } from '../request/Message';
import type { RunState } from '../tools/RunState';

/**
 * Returns a run with its own messages only, without the messages that were sent.
 *
 * The request may have had more messages, such as a system prompt, or fewer, such as a trimmed branch. So the run's own messages
 * are those after the last message of the branch; if that was copied, those from the first answer on.
 */
export function withOwnMessages(run: RunState, sent: readonly Message[]): RunState {
  if (!hasLongLists(run)) return { ...run, messages: ownMessages(run, sent) };
  // Made when they are read: an array for each event of many calls would take quadratic time.
  let own: readonly Message[] | undefined;
  return Object.defineProperty(withFields(run, { messages: [] }), 'messages', {
    get: () => (own ??= ownMessages(run, sent)),
    enumerable: true,
    configurable: true,
  });
}

function ownMessages(run: RunState, sent: readonly Message[]): readonly Message[] {
  const last = sent.at(-1);
  const place = last === undefined ? -1 : run.messages.lastIndexOf(last);
  return run.messages.slice(place < 0 ? firstAnswer(run) : place + 1);
}

function firstAnswer({ steps, messages }: RunState): number {
  const first = steps.find(({ message }) => message !== null)?.message;
  if (first !== undefined && first !== null) return messages.indexOf(first);
  // The text of an answer that was stopped is not a step yet.
  return messages.at(-1)?.role === 'assistant' ? messages.length - 1 : messages.length;
}
