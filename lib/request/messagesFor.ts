import type { Profile } from '../servers/Profile';
import { changeMessages } from './changeMessages';
import type { AssistantMessage, Message } from './Message';

/** Returns messages with the role and the reasoning field that the server reads. */
export const messagesFor = (
  messages: readonly Message[],
  { developerRole, reasoningField }: Profile,
): readonly Message[] =>
  changeMessages(messages, (message) => {
    if (message.role === 'developer' && developerRole === 'system') return { ...message, role: 'system' };
    return message.role === 'assistant' && reasoningField !== undefined
      ? withReasoningIn(reasoningField, message)
      : message;
  });

/**
 * Returns a message with its reasoning in one field only.
 *
 * An empty text is kept: DeepSeek requires the field, not its text. Blocks are signed, so they are never made from text.
 */
function withReasoningIn(
  field: NonNullable<Profile['reasoningField']>,
  message: AssistantMessage,
): AssistantMessage {
  const { reasoning, reasoning_content, reasoning_text, thinking, ...withBlocks } = message;
  const { reasoning_details, ...withPhase } = withBlocks;
  const { phase: _, ...withoutPhase } = withPhase;
  // Other servers may reject the phase.
  const rest = field === 'reasoning_details' ? withPhase : withoutPhase;
  const text = reasoning_content ?? reasoning ?? reasoning_text ?? thinking ?? undefined;
  if (field === 'reasoning_details' && reasoning_details?.length) return withBlocks;
  if (field === 'none' || text === undefined) return rest;
  return { ...rest, [field === 'reasoning_details' ? 'reasoning' : field]: text };
}
