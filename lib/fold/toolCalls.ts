import type { CompletionChoice } from '../codec/ChatCompletion';
import type { ChunkChoice } from '../codec/ChunkChoice';
import type { CustomCall, FunctionCall } from '../codec/FunctionCall';
import { markOf } from '../codec/mark';
import type { ToolCall } from '../codec/ToolCall';
import type { ToolCallDelta } from '../codec/ToolCallDelta';
import { choicesAt, type ChoiceOptions, type ChunkStep } from './choices';
import { append, firstNonEmpty, join, latest, omit, replaceAt, type Rule, type Rules } from './join';

/**
 * A tool call as far as it has come.
 *
 * @example
 * ```ts
 * import type { AccumulatedToolCall } from 'rxjs-chat-completions';
 *
 * const run = ({ name, arguments: text, complete }: AccumulatedToolCall): unknown =>
 *   complete && name === 'weather' ? JSON.parse(text) : undefined;
 * ```
 */
export interface AccumulatedToolCall {
  /** What the answer to the call refers to; `''` until it comes, and for good where a server gives none. */
  readonly id: string;
  /** `function`, or `custom` for a tool that takes free text. */
  readonly type: string;
  readonly name: string;
  /**
   * The text so far: JSON for a function, a custom tool's `input` as it stands.
   *
   * A model may write JSON that does not parse, whatever `complete` says; `''` stands for no arguments.
   */
  readonly arguments: string;
  /**
   * Whether the call may be run: its choice has ended, and was not cut off.
   *
   * Never true at `length` and `content_filter`, where the last call is half a call, nor without a finish reason.
   */
  readonly complete: boolean;
}

/**
 * The tool calls of one choice so far, and what is needed to go on.
 *
 * @example
 * ```ts
 * import { map, scan } from 'rxjs';
 * import { addToolCalls, chatCompletion$, noToolCalls, orFail } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   orFail(),
 *   scan(addToolCalls, noToolCalls),
 *   map(({ calls }) => calls),
 * );
 * ```
 */
export interface ToolCallsState {
  readonly calls: readonly AccumulatedToolCall[];
  /** What has come of the choice, in the shape of the wire. */
  readonly choice: CompletionChoice;
}

/**
 * Before the first chunk.
 *
 * @example
 * ```ts
 * import { noToolCalls } from 'rxjs-chat-completions';
 *
 * console.assert(noToolCalls.calls.length === 0);
 * ```
 */
export const noToolCalls: ToolCallsState = { calls: [], choice: { message: {}, finish_reason: null } };

/**
 * The tool calls so far, with one more chunk.
 *
 * Pieces join by `index`, but a new id with a name at a used index is another call; without an index they join by id,
 * and without that a name begins a call and anything else goes on with the last one. Ids and names keep the first value
 * that is not empty.
 *
 * @param state - What came before; {@link noToolCalls} to begin with. Given back itself when the chunk adds neither to
 * the calls nor a finish reason; its `calls` are the same list for as long as they do not change.
 * @param chunk - Any chunk. One that is marked as a restart leads back to {@link noToolCalls}.
 * @param options - Which of the `n` answers.
 *
 * @example
 * ```ts
 * import { addToolCalls, noToolCalls } from 'rxjs-chat-completions';
 *
 * const deltas = [
 *   { tool_calls: [{ index: 0, id: 'call_1', function: { name: 'weather', arguments: '{"city"' } }] },
 *   { tool_calls: [{ index: 0, function: { arguments: ':"Oslo"}' } }] },
 * ];
 * const { calls } = deltas.reduce((state, delta) => addToolCalls(state, { choices: [{ delta }] }), noToolCalls);
 * console.assert(calls[0]?.arguments === '{"city":"Oslo"}' && !calls[0].complete);
 * ```
 */
export const addToolCalls: ChunkStep<ToolCallsState> = (state, chunk, { choice = 0 }: ChoiceOptions = {}) => {
  if (markOf(chunk)?.kind === 'restarted') return noToolCalls;
  const next = choicesAt(chunk, choice).reduce(addEntry, state.choice);
  return next === state.choice
    ? state
    : { calls: sameWherePossible(toolCallsIn(next), state.calls), choice: next };
};

function addEntry(choice: CompletionChoice, { delta, finish_reason }: ChunkChoice): CompletionChoice {
  const message = join(choice.message ?? {}, delta ?? {}, CALL_RULES, omit);
  const reason = finish_reason || choice.finish_reason;
  return message === choice.message && reason === choice.finish_reason
    ? choice
    : { message, finish_reason: reason };
}

function sameWherePossible(
  calls: readonly AccumulatedToolCall[],
  before: readonly AccumulatedToolCall[],
): readonly AccumulatedToolCall[] {
  const same = calls.map((call, place) => {
    const had = before[place];
    return had !== undefined && isSame(call, had) ? had : call;
  });
  return same.length === before.length && same.every((call, place) => call === before[place]) ? before : same;
}

const isSame = (a: AccumulatedToolCall, b: AccumulatedToolCall): boolean =>
  a.complete === b.complete &&
  a.arguments === b.arguments &&
  a.name === b.name &&
  a.id === b.id &&
  a.type === b.type;

/**
 * The tool calls of a whole choice, be it the sum of chunks or one of `completion$`.
 *
 * @param choice - A choice of a {@link ChatCompletion}. The `function_call` of old models is read when there is
 * nothing else.
 *
 * @example
 * ```ts
 * import { map } from 'rxjs';
 * import { completion$, toolCallsIn } from 'rxjs-chat-completions';
 *
 * completion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Weather in Oslo?' }] }).pipe(
 *   map(({ choices }) => choices.flatMap(toolCallsIn).filter(({ complete }) => complete)),
 * );
 * ```
 */
export function toolCallsIn({ message, finish_reason }: CompletionChoice): readonly AccumulatedToolCall[] {
  const complete = Boolean(finish_reason) && !isCutOff(finish_reason);
  const { tool_calls, function_call } = message ?? {};
  if (tool_calls?.length) return tool_calls.map((call) => read(call, complete));
  if (!function_call?.name && !function_call?.arguments) return [];
  return [read({ function: function_call }, complete)];
}

/** Finish reasons that leave the last call unfinished; the words of OpenAI, OpenRouter, Mistral and DeepSeek. */
const CUT_OFF = new Set([
  'length',
  'content_filter',
  'error',
  'model_length',
  'insufficient_system_resource',
]);

/** Whether an answer that ended for this reason is not whole. */
export const isCutOff = (reason: string | null | undefined): boolean => CUT_OFF.has(reason ?? '');

function read(call: ToolCall, complete: boolean): AccumulatedToolCall {
  return {
    id: call.id ?? '',
    type: typeOf(call),
    name: nameOf(call),
    arguments: call.custom?.input || call.function?.arguments || '',
    complete,
  };
}

const typeOf = ({ type, custom }: ToolCall): string => type || (custom ? 'custom' : 'function');
const nameOf = (call: ToolCall): string => call.custom?.name || call.function?.name || '';

/** What a field of a call is when its pieces are objects themselves: begun with empty text, left out while `null`. */
const nested =
  (begun: object, rules: Rules): Rule =>
  (before, piece) =>
    isObject(piece) ? join(isObject(before) ? before : begun, piece, rules) : before;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

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

/** How the `function_call` of a message grows; `null` until one comes, where the server says so. */
export const joinFunctionCall: Rule = (before, piece) => joinFunction(before, piece) ?? latest(before, piece);

const TOOL_CALL_RULES: Rules = new Map([
  // Of the stream only: in a whole message the place of a call says the same.
  ['index', omit],
  ['id', firstNonEmpty],
  ['type', firstNonEmpty],
  ['function', joinFunction],
  ['custom', joinCustom],
]);

/** Which `index` the pieces of a call have had, where it is not the call's place, which it nearly always is. */
const wireIndex = new WeakMap<ToolCall, number>();

/** How the `tool_calls` of a message grow by those of a delta. */
export const joinToolCalls: Rule = (before, piece) => {
  const pieces = piece as readonly ToolCallDelta[] | null | undefined;
  const begun = before as readonly ToolCall[] | null | undefined;
  if (!pieces?.length) return begun ?? (pieces === null ? null : undefined);
  return pieces.reduce<readonly ToolCall[]>((calls, delta, nth) => {
    const place = placeOf(calls, delta, nth === 0, begun?.length ?? 0);
    const call = joinToolCall(calls[place], delta, place);
    return call === calls[place] ? calls : replaceAt(calls, place, call);
  }, begun ?? []);
};

const CALL_RULES: Rules = new Map([
  ['tool_calls', joinToolCalls],
  ['function_call', joinFunctionCall],
]);

/**
 * Which call a piece belongs to; the place after the last for a new one.
 *
 * @param isFirst - Whether the piece is the first of its delta.
 * @param known - How many calls there were before this delta.
 */
function placeOf(calls: readonly ToolCall[], delta: ToolCallDelta, isFirst: boolean, known: number): number {
  const { index, id } = delta;
  const name = nameOf(delta);
  const last = calls.length - 1;
  if (typeof index === 'number') {
    const place = lastWhere(calls, (call, at) => (wireIndex.get(call) ?? at) === index);
    const had = calls[place]?.id;
    // Gemini behind OpenRouter and Claude behind Copilot give index 0 to each call.
    const isAnother = name !== '' && (place >= known || Boolean(id && had && id !== had));
    return place < 0 || isAnother ? calls.length : place;
  }
  if (id) {
    const place = lastWhere(calls, (call) => call.id === id);
    if (place >= 0) return place;
    return name === '' && calls[last]?.id === '' ? last : calls.length;
  }
  // Whole calls in one delta: each is one of its own.
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
  const call = join(before ?? begin(delta), delta, TOOL_CALL_RULES);
  const index = (before && wireIndex.get(before)) ?? delta.index;
  if (typeof index === 'number' && index !== place) wireIndex.set(call, index);
  return call;
}

const begin = (delta: ToolCallDelta): ToolCall => {
  const type = typeOf(delta);
  return type === 'custom'
    ? { id: '', type, custom: emptyCustom }
    : { id: '', type, function: emptyFunction };
};
