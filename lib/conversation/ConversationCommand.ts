import type { ChatMetrics } from '../operators/tapMetrics';
import type { Message } from '../request/Message';
import type { RunState } from '../tools/RunState';
import type { ConversationState, TurnId } from './ConversationState';

/** A message to send: text of the user, or messages with images, results of calls or instructions. */
export type MessageContent = string | Message | readonly Message[];

/**
 * A command to a conversation, discriminated by its `type`.
 *
 * A command that does not apply, such as one with an unknown id or an empty text, changes nothing.
 *
 * | type | effect |
 * | --- | --- |
 * | `send` | adds a message and requests an answer; instructions (`system`, `developer`) request none |
 * | `edit` | adds an alternative to a message of the user, and requests an answer to it |
 * | `regenerate` | requests another answer beside one; to the last message by default |
 * | `select` | continues at a turn, and at the newest turn below it |
 * | `stop` | ends the answer, and keeps what was received |
 * | `approve` | allows a call of a tool that waits for approval, or denies it |
 * | `reset` | starts over, empty by default |
 */
export type ConversationCommand =
  | { readonly type: 'send'; readonly content: MessageContent }
  | { readonly type: 'edit'; readonly id: TurnId; readonly content: MessageContent }
  | { readonly type: 'regenerate'; readonly id?: TurnId }
  | { readonly type: 'select'; readonly id: TurnId }
  | { readonly type: 'stop' }
  | {
      readonly type: 'approve';
      /** The id of the call. */
      readonly id: string;
      readonly approved: boolean;
      /** The reason of a denial, for the model. */
      readonly reason?: string;
    }
  | { readonly type: 'reset'; readonly to?: ConversationState };

/** A change of a conversation: a command, or news of the answer. */
export type ConversationEvent =
  | ConversationCommand
  | {
      readonly type: 'run';
      /** The turn of the answer. */
      readonly id: TurnId;
      /** The run, with only its own messages. */
      readonly run: RunState;
    }
  | { readonly type: 'metrics'; readonly id: TurnId; readonly metrics: ChatMetrics }
  | { readonly type: 'fail'; readonly id: TurnId; readonly error: unknown };
