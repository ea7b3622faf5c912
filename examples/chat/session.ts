import { concatMap, expand, of, type Observable } from 'rxjs';
import type { ChatStatus, Message } from 'rxjs-chat-completions';
import {
  branchOf,
  emptyConversation,
  messagesOf,
  type ConversationState,
} from 'rxjs-chat-completions/conversation';

import type { Backend } from './backend';
import type { Screen } from './screen';
import type { Settings } from './settings';

/** The state of the program: a conversation, and what each request has beside it. */
export interface Session {
  readonly model: string;
  readonly conversation: ConversationState;
  /** Instructions for the model, sent before the conversation; `''` for none. */
  readonly system: string;
  readonly settings: Settings;
  readonly showReasoning: boolean;
  /** The status of the last answer; `failed` for a command that failed too. */
  readonly ending: ChatStatus | null;
}

/** The server and the screen of a turn. */
export interface TurnContext {
  readonly backend: Backend;
  readonly screen: Screen;
  /** Whether the model may call tools. */
  readonly tools: boolean;
  /** Whether tools run without the user's approval. */
  readonly allowTools: boolean;
  /** Whether paths in a question are attached. Not those of a pipe, whose text may be by somebody else. */
  readonly attach: boolean;
}

/** Handles a line of the user and emits the next state of the session. */
export type Turn = (session: Session, line: string) => Observable<Session>;

/** Returns a session with an empty conversation. */
export const startSession = (model: string): Session => ({
  model,
  conversation: emptyConversation,
  system: '',
  settings: {},
  showReasoning: true,
  ending: null,
});

/**
 * Reads a line, takes its turn, and repeats until there are no more lines.
 *
 * @param line$ - Emits one line on each subscription, or none at the end.
 */
export function session$(start: Session, line$: Observable<string>, turn: Turn): Observable<Session> {
  return of(start).pipe(expand((session) => line$.pipe(concatMap((line) => turn(session, line)))));
}

/** Returns the messages of a session's next request. */
export const historyOf = ({ system, conversation }: Session): readonly Message[] =>
  withInstructions(system, messagesOf(branchOf(conversation)));

/** Returns messages below the instructions. */
export const withInstructions = (system: string, messages: readonly Message[]): readonly Message[] =>
  system === '' ? messages : [{ role: 'system', content: system }, ...messages];
