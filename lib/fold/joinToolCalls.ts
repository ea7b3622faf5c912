import type { CustomCall, FunctionCall } from '../codec/FunctionCall';
import type { ToolCall } from '../codec/ToolCall';
import type { ToolCallDelta } from '../codec/ToolCallDelta';
import { toolCallName, toolCallType } from './AccumulatedToolCall';
import {
  append,
  firstNonEmpty,
  isObject,
  join,
  latest,
  omit,
  replaceAt,
  type Rule,
  type Rules,
} from './join';

/** Returns a rule for a field that holds an object: starts with empty text, leaves the field out while it is `null`. */
const nested =
  (empty: object, rules: Rules): Rule =>
  (before, delta) =>
    isObject(delta) ? join(isObject(before) ? before : empty, delta, rules) : before;

const emptyFunction: FunctionCall = { name: '', arguments: '' };
const emptyCustom: CustomCall = { name: '', input: '' };

const joinFunction = nested(
  emptyFunction,
  new Map([
    ['name', firstNonEmpty],
    ['arguments', append],
  ]),
);
const joinCustom = nested(
  emptyCustom,
  new Map([
    ['name', firstNonEmpty],
    ['input', append],
  ]),
);

/** Joins the `function_call` of a delta to that of a message; `null` until one arrives, if the server sends `null`. */
export const joinFunctionCall: Rule = (before, delta) => joinFunction(before, delta) ?? latest(before, delta);

const TOOL_CALL_RULES: Rules = new Map([
  // Of the stream alone: the place of a call in a message is equal to it.
  ['index', omit],
  ['id', firstNonEmpty],
  ['type', firstNonEmpty],
  ['function', joinFunction],
  ['custom', joinCustom],
]);

/** The `index` in the fragments of a call, where it is not the place of the call, which it nearly always is. */
const wireIndex = new WeakMap<ToolCall, number>();

/** Joins the `tool_calls` of a delta to those of a message. */
export const joinToolCalls: Rule = (before, delta) => {
  const fragments = delta as readonly ToolCallDelta[] | null | undefined;
  const known = before as readonly ToolCall[] | null | undefined;
  if (!fragments?.length) return known ?? (fragments === null ? null : undefined);
  return fragments.reduce<readonly ToolCall[]>((calls, fragment, nth) => {
    const place = placeOf(calls, fragment, nth === 0, known?.length ?? 0);
    const call = joinToolCall(calls[place], fragment, place);
    return call === calls[place] ? calls : replaceAt(calls, place, call);
  }, known ?? []);
};

/**
 * Finds the call that a fragment belongs to.
 *
 * @param isFirst - Whether the fragment is the first of its delta.
 * @param known - The number of calls before this delta.
 * @returns The place of the call; the place after the last for a new call.
 */
function placeOf(calls: readonly ToolCall[], delta: ToolCallDelta, isFirst: boolean, known: number): number {
  const { index, id } = delta;
  const name = toolCallName(delta);
  const last = calls.length - 1;
  if (typeof index === 'number') {
    const place = lastWhere(calls, (call, at) => (wireIndex.get(call) ?? at) === index);
    const knownId = calls[place]?.id;
    // Gemini through OpenRouter and Claude through Copilot send index 0 for each call.
    const isAnother = name !== '' && (place >= known || Boolean(id && knownId && id !== knownId));
    return place < 0 || isAnother ? calls.length : place;
  }
  if (id) {
    const place = lastWhere(calls, (call) => call.id === id);
    if (place >= 0) return place;
    return name === '' && calls[last]?.id === '' ? last : calls.length;
  }
  // Complete calls in one delta: each is a call of its own.
  return name !== '' || !isFirst || last < 0 ? calls.length : last;
}

function lastWhere(calls: readonly ToolCall[], is: (call: ToolCall, place: number) => boolean): number {
  for (let place = calls.length - 1; place >= 0; place -= 1) {
    const call = calls[place];
    if (call !== undefined && is(call, place)) return place;
  }
  return -1;
}

function joinToolCall(before: ToolCall | undefined, delta: ToolCallDelta, place: number): ToolCall {
  const call = join(before ?? emptyCall(delta), delta, TOOL_CALL_RULES);
  const index = (before && wireIndex.get(before)) ?? delta.index;
  if (typeof index === 'number' && index !== place) wireIndex.set(call, index);
  return call;
}

const emptyCall = (delta: ToolCallDelta): ToolCall => {
  const type = toolCallType(delta);
  return type === 'custom'
    ? { id: '', type, custom: emptyCustom }
    : { id: '', type, function: emptyFunction };
};
