import { left, type Either } from 'fp-ts/Either';

import { toJsonText } from '../codec/coerce';
import { parseJson } from '../codec/parseJson';
import type { CompletionMessage } from '../codec/CompletionMessage';
import type { ToolCall } from '../codec/ToolCall';
import { UnknownTool, type ToolFailure } from '../errors';
import { argumentsOf, callsIn, toolCallName } from '../fold/AccumulatedToolCall';
import type { AssistantMessage } from '../request/Message';
import { readInput } from './callInput';
import { isEmptyAnswer } from './history';
import { withObjectArguments } from './objectArguments';
import type { AnyTool } from './tool';
import type { Toolbox } from './toolbox';
import { uniqueIds } from './uniqueIds';

/** A call of the model, read for the loop. */
export interface ReadCall {
  /** The call as part of the next request: with an id, and with arguments that are JSON. */
  readonly sent: ToolCall;
  readonly id: string;
  readonly name: string;
  readonly tool: AnyTool | undefined;
  /** The arguments as parsed JSON, or the text that is not JSON. */
  readonly json: unknown;
  readonly input: Either<ToolFailure, unknown>;
}

/**
 * Returns the calls of a message.
 *
 * @param taken - The ids of the conversation so far. A call without an id, or with a used one, gets a new id.
 */
export function readCalls(
  message: CompletionMessage,
  toolbox: Toolbox,
  step: number,
  taken: ReadonlySet<string>,
): readonly ReadCall[] {
  const uniqueId = uniqueIds(taken);
  return callsIn(message).map((call, place) => {
    const id = uniqueId(call.id, step, place);
    return readCall({ ...call, id }, id, toolbox);
  });
}

function readCall(call: ToolCall, id: string, { byName }: Toolbox): ReadCall {
  const name = toolCallName(call);
  // The history of another program may have an object.
  const text = (toJsonText(argumentsOf(call)) ?? '') as string;
  const tool = call.custom ? undefined : byName.get(name);
  const { json, input } =
    tool === undefined
      ? { json: jsonOrText(text), input: left(new UnknownTool(name, [...byName.keys()])) }
      : readInput(tool, text);
  return { sent: withObjectArguments(call), id, name, tool, json, input };
}

function jsonOrText(text: string): unknown {
  const json = parseJson(text);
  return json === undefined ? text : json;
}

/**
 * Returns an answer as part of the history, with its unknown fields, reasoning and signatures, because servers reject a history
 * without them.
 *
 * @param calls - The calls of the message; none leaves them out.
 * @returns The message, or `null` if it would be empty.
 */
export function echo(message: CompletionMessage, calls: readonly ReadCall[]): AssistantMessage | null {
  const { tool_calls: _calls, function_call: _call, audio, ...received } = message;
  // The audio stays on the server, and the history has its id.
  const kept = audio?.id ? { ...received, audio: { id: audio.id } } : received;
  const answer = { ...kept, role: 'assistant' } as AssistantMessage;
  if (calls.length > 0) return { ...answer, tool_calls: calls.map(({ sent }) => sent) } as AssistantMessage;
  return isEmptyAnswer(answer) ? null : answer;
}
