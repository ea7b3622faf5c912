import type { RunCall } from '../tools/RunState';
import type { ConversationState } from './ConversationState';
import { isAnswering } from './turns';

/**
 * Returns the calls that wait for approval, in the order of the model: for the `approve` command.
 *
 * @param state - The state of the conversation.
 *
 * @example
 * ```ts
 * import { approvalsOf, type ConversationState } from 'rxjs-chat-completions/conversation';
 *
 * export const questionsIn = (state: ConversationState): readonly string[] =>
 *   approvalsOf(state).map(({ name, input }) => `Run ${name} with ${JSON.stringify(input)}?`);
 * ```
 */
export const approvalsOf = ({ turns }: ConversationState): readonly RunCall[] =>
  Object.values(turns)
    .filter(isAnswering)
    .flatMap(({ run }) => run.steps.flatMap(({ calls }) => calls))
    .filter(({ status }) => status === 'needs-approval');
