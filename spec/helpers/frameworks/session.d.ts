import type { Observable } from 'rxjs';
import type { ConversationCommand, ConversationState } from 'rxjs-chat-completions/conversation';

/** The session that the recipe of NestJS imports. */
export const session: {
  readonly state$: Observable<ConversationState>;
  readonly run: (command: ConversationCommand) => void;
  readonly close: () => void;
};
