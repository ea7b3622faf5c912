import { isRight, type Either } from 'fp-ts/Either';

import type { ChatCompletion } from '../codec/ChatCompletion';
import type { CompletionMessage } from '../codec/CompletionMessage';
import type { ToolFailure } from '../errors';
import type { AssistantMessage, Message } from '../request/Message';
import { outcomeOf, type Answer } from './answer';
import { echo, readCalls, type ReadCall } from './assistantTurn';
import type { Call, DoneReason } from './events';
import { callIdsIn, withReplyId, type OpenCalls } from './history';
import { imagesOf, type Reply } from './replies';
import type { Toolbox } from './toolbox';

/** An answer of the model, and the replies to its calls so far. */
export interface Turn {
  readonly step: number;
  readonly completion: ChatCompletion;
  /** The answer as part of the conversation; `null` if it is empty. */
  readonly message: AssistantMessage | null;
  /** In the order of the model. */
  readonly calls: readonly ReadCall[];
  /** The replies so far, by the id of the call. Mutated while the calls run; a call without an entry at the end is pending. */
  readonly settled: Map<string, Settled>;
  /** The messages after the replies; none if the answer has just been received. */
  readonly after?: readonly Message[];
  /** The reason why the run ends if there are no calls. */
  readonly end: DoneReason;
}

/** The end of a call. */
interface Settled {
  readonly reply: Reply;
  /** The result; none if the history had the reply. */
  readonly result?: Either<ToolFailure, unknown>;
}

/**
 * Returns the turn of an answer.
 *
 * @param toolbox - The tools that were offered; `undefined` for a turn without tools, whose calls do not run.
 * @param taken - The ids of the conversation so far.
 */
export function answeredTurn(
  answer: Answer,
  step: number,
  toolbox: Toolbox | undefined,
  taken: ReadonlySet<string>,
): Turn {
  const { completion } = answer;
  const { message, isComplete } = outcomeOf(answer);
  const calls = isComplete && toolbox !== undefined ? readCalls(message, toolbox, step, taken) : [];
  const end = isComplete ? 'answered' : 'cut-off';
  return {
    step,
    completion,
    message: echo(message, calls),
    calls,
    settled: new Map(),
    end: toolbox === undefined ? 'max-steps' : end,
  };
}

/** Returns the turn of the calls at the end of a history, with the replies that exist. */
export function resumedTurn({ before, assistant, replies, after }: OpenCalls, toolbox: Toolbox): Turn {
  const message = assistant as CompletionMessage;
  const calls = readCalls(message, toolbox, 0, callIdsIn(before));
  const settled = new Map<string, Settled>();
  calls.forEach(({ id }, place) => {
    const reply = replies[place];
    if (reply) settled.set(id, { reply: { message: withReplyId(reply, id), images: [] } });
  });
  return {
    step: 0,
    completion: { choices: [{ message }] },
    message: echo(message, calls),
    calls,
    settled,
    after,
    end: 'answered',
  };
}

/** Returns the calls without a reply. */
export const openCalls = ({ calls, settled }: Turn): readonly ReadCall[] =>
  calls.filter(({ id }) => !settled.has(id));

/** Returns a call with its decoded arguments; `undefined` for one that cannot run. */
export const callOf = ({ step }: Turn, { id, name, input }: ReadCall): Call | undefined =>
  isRight(input) ? { id, step, name, input: input.right } : undefined;

/** Returns the calls without a reply, for the next run. */
export const pendingCalls = (turn: Turn): readonly Call[] =>
  openCalls(turn).flatMap((call) => callOf(turn, call) ?? []);

/** Returns the messages of a turn: the answer, the replies in the order of the calls, and the images of results. */
export function messagesOf({ message, calls, settled, after = [] }: Turn): readonly Message[] {
  const replies = calls.flatMap(({ id }) => settled.get(id)?.reply ?? []);
  return [
    ...(message === null ? [] : [message]),
    ...replies.map((reply) => reply.message),
    ...imagesOf(replies),
    ...after,
  ];
}
