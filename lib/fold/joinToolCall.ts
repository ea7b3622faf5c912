import type { CustomCall, FunctionCall } from '../codec/FunctionCall';
import type { ToolCall } from '../codec/ToolCall';
import type { ToolCallDelta } from '../codec/ToolCallDelta';
import { toolCallType } from './AccumulatedToolCall';
import type { Draft } from './Draft';
import {
  append,
  firstNonEmpty,
  isObject,
  join,
  latest,
  latestNonEmpty,
  omit,
  type Rule,
  type Rules,
} from './join';

const emptyFunction: FunctionCall = { name: '', arguments: '' };
const emptyCustom: CustomCall = { name: '', input: '' };

/** Returns a rule for a field that holds an object: starts with empty text, leaves the field out while it is `null`. */
const nested =
  (empty: object, rules: Rules): Rule =>
  (before, delta, draft) =>
    isObject(delta) ? join(isObject(before) ? before : empty, delta, rules, draft) : before;

/** Joins a name. Most servers send it once, some in each fragment (MiniMax), and a few in pieces (Gemini through gateways). */
const joinName: Rule = (before, delta, draft) =>
  typeof before === 'string' && typeof delta === 'string' && delta !== '' && !delta.startsWith(before)
    ? append(before, delta, draft)
    : latestNonEmpty(before, delta, draft);

/**
 * Whether arguments start again: an object that begins with all of those before repeats them (DeepSeek at Qianfan, GLM), and an
 * empty object before the others is a placeholder (Claude through gateways).
 *
 * Where JSON allows a value, the object is one: `{"not":` twice is a nested filter.
 */
export const startsAgain = (before: string, text: string): boolean =>
  text.startsWith('{') &&
  (before === '{}' || (text.length >= before.length && text.startsWith(before) && !/[:,[]\s*$/.test(before)));

const joinArguments: Rule = (before, delta, draft) =>
  typeof before === 'string' && typeof delta === 'string' && startsAgain(before, delta)
    ? delta
    : append(before, delta, draft);

const joinFunction = nested(
  emptyFunction,
  new Map([
    ['name', joinName],
    ['arguments', joinArguments],
  ]),
);

const joinCustom = nested(
  emptyCustom,
  new Map([
    ['name', joinName],
    ['input', append],
  ]),
);

const TOOL_CALL_RULES: Rules = new Map([
  // Of the stream alone: `FoldedChoice.toolCallIndexes` has it where it is not the place of the call.
  ['index', omit],
  ['id', firstNonEmpty],
  ['type', firstNonEmpty],
  ['function', joinFunction],
  ['custom', joinCustom],
]);

/**
 * Joins a fragment to its tool call.
 *
 * @param call - `undefined` for the first fragment of a call.
 * @returns `call` itself if the fragment adds nothing: an empty one begins no call (LiteLLM).
 */
export function joinToolCall(
  call: ToolCall | undefined,
  fragment: ToolCallDelta,
  draft: Draft,
): ToolCall | undefined {
  const before = call ?? emptyCall(fragment);
  const joined = join(before, fragment, TOOL_CALL_RULES, draft);
  return joined === before ? call : joined;
}

function emptyCall(fragment: ToolCallDelta): ToolCall {
  const type = toolCallType(fragment);
  return type === 'custom'
    ? { id: '', type, custom: emptyCustom }
    : { id: '', type, function: emptyFunction };
}

/** Joins the `function_call` of a delta to that of a message; `null` until one arrives, if the server sends `null`. */
export const joinFunctionCall: Rule = (before, delta, draft) =>
  joinFunction(before, delta, draft) ?? latest(before, delta);
