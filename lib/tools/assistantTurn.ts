import { isRight, left, type Either } from 'fp-ts/Either';

import type { CompletionMessage } from '../codec/CompletionMessage';
import type { ToolCall } from '../codec/ToolCall';
import { UnknownTool, type ToolFailure } from '../errors';
import type { AssistantMessage } from '../request/Message';
import { parse, readInput } from './callInput';
import type { AnyTool } from './tool';
import type { Toolbox } from './toolbox';

/** A call of the model, as the loop goes on with it. */
export interface ReadCall {
  /** The call as it is sent back: with an id, and with arguments that are JSON. */
  readonly sent: ToolCall;
  readonly id: string;
  readonly name: string;
  readonly tool: AnyTool | undefined;
  /** The arguments as parsed JSON, or the text that is not JSON. */
  readonly json: unknown;
  readonly input: Either<ToolFailure, unknown>;
}

/**
 * Reads the calls of a message.
 *
 * @param taken - The ids of the conversation so far. A call without an id, or with one that is taken, gets one of its own.
 */
export function readCalls(
  message: CompletionMessage,
  toolbox: Toolbox,
  step: number,
  taken: ReadonlySet<string>,
): readonly ReadCall[] {
  const ids = new Set(taken);
  return callsIn(message).map((call, place) => {
    const id = freeId(call.id, step, place, ids);
    ids.add(id);
    return readCall({ ...call, id }, id, toolbox);
  });
}

/** The calls of a message. The `function_call` of old models is read as one. */
export function callsIn({ tool_calls, function_call }: CompletionMessage): readonly ToolCall[] {
  if (tool_calls?.length) return tool_calls;
  return function_call?.name || function_call?.arguments ? [{ function: function_call }] : [];
}

/** The id of a call; one of its own if it has none, or one that is taken. */
export function freeId(
  id: string | null | undefined,
  step: number,
  place: number,
  taken: ReadonlySet<string>,
): string {
  if (id && !taken.has(id)) return id;
  const own = `call_${step}_${place}`;
  let free = own;
  for (let n = 2; taken.has(free); n += 1) free = `${own}_${n}`;
  return free;
}

function readCall(call: ToolCall, id: string, { byName }: Toolbox): ReadCall {
  const name = call.custom?.name || call.function?.name || '';
  const text = call.custom?.input || call.function?.arguments || '';
  const tool = call.custom ? undefined : byName.get(name);
  const { json, input } =
    tool === undefined
      ? { json: jsonOr(text), input: left(new UnknownTool(name, [...byName.keys()])) }
      : readInput(tool, text);
  const sent = call.custom ? call : withArguments(call, name, text, json);
  return { sent, id, name, tool, json, input };
}

function jsonOr(text: string): unknown {
  const parsed = parse(text);
  return isRight(parsed) ? parsed.right : text;
}

/** Arguments go back as they came, but for those that are not an object: servers answer 400 to them. */
function withArguments(call: ToolCall, name: string, text: string, json: unknown): ToolCall {
  const parsed = parse(text);
  const isSent = isRight(parsed) && isObject(parsed.right);
  const sent = isSent ? text : isObject(json) ? JSON.stringify(json) : '{}';
  return { ...call, type: call.type || 'function', function: { ...call.function, name, arguments: sent } };
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * An answer as part of the history: the message as it came, unknown fields, reasoning and signatures included, because
 * servers refuse a history without them.
 *
 * @param calls - The calls it is told with; none leaves them out.
 * @returns `null` if the message then says nothing.
 */
export function echo(message: CompletionMessage, calls: readonly ReadCall[]): AssistantMessage | null {
  const { tool_calls: _calls, function_call: _call, audio, ...came } = message;
  // What was spoken stays on the server, and is referred to.
  const said = audio?.id ? { ...came, audio: { id: audio.id } } : came;
  if (calls.length > 0) {
    return { ...said, role: 'assistant', tool_calls: calls.map(({ sent }) => sent) } as AssistantMessage;
  }
  const isEmpty = !said.content?.length && !said.refusal && !('audio' in said);
  return isEmpty ? null : ({ ...said, role: 'assistant' } as AssistantMessage);
}
