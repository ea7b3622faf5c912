import { isRight, type Either } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { isRestart } from '../codec/mark';
import type { Usage } from '../codec/Usage';
import type { ToolFailure } from '../errors';
import { addAttachments } from '../fold/attachments';
import { contentOf } from '../fold/content';
import { readField, withFields } from '../fold/fields';
import type { List } from '../fold/LongList';
import { reasoningOf } from '../fold/reasoning';
import type { AssistantMessage, Message, ToolMessage } from '../request/Message';
import { addUsage } from './addUsage';
import { changeById } from './changeById';
import type { Call, ToolEvent } from './events';
import { openCallsIn } from './history';
import { stoppedReply } from './replies';
import type { CallStatus, RunCall, RunStep, RunState } from './RunState';
import { joinSteps, newCall, newCalls, newStep } from './steps';
import type { AnyTool } from './tool';

/**
 * Adds an event to the state of a run.
 *
 * Accepts events in any order, and never mutates. Parts that an event does not change stay the same objects.
 *
 * @param state - The state so far, at first {@link emptyRun}.
 * @param event - An event of {@link runTools$}.
 *
 * @example
 * ```ts
 * import { scan } from 'rxjs';
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { addToolEvent, emptyRun, runTools$, type RunState } from 'rxjs-chat-completions/tools';
 *
 * const request = { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] } as const;
 * runTools$((r) => chatCompletion$({}, r), request, []).pipe(scan(addToolEvent, emptyRun as RunState));
 * ```
 */
export function addToolEvent<T extends AnyTool>(state: RunState<T>, event: ToolEvent<T>): RunState<T> {
  // The types of the tool matter only to the reader of the state.
  return add(state, event);
}

type InputEvent = Extract<ToolEvent, { readonly type: 'tool-input' }>;

function add(state: RunState, event: ToolEvent): RunState {
  switch (event.type) {
    case 'resumed':
      return resume(state, event.messages);
    case 'step-start':
      return {
        ...state,
        status: 'streaming',
        steps: [...state.steps, newStep(event.step)],
        messages: event.messages,
      };
    case 'chunk':
      return addChunk(state, event.chunk);
    case 'tool-input':
      return showInput(state, event);
    case 'step-end':
      return endStep(state, event.message, addUsage(state.usage, event.completion.usage));
    case 'tool-call':
    case 'tool-approved':
      return begin(state, event, 'running');
    case 'tool-approval':
      return begin(state, event, 'needs-approval');
    case 'tool-progress':
      return updateCall(state, event, { progress: event.output });
    case 'tool-result':
      return updateCall(withReply(state, event.message), event, {
        result: event.result,
        status: statusOf(event.result),
      });
    case 'done':
      return { ...state, status: 'done', reason: event.reason, messages: event.messages, usage: event.usage };
  }
}

function addChunk(state: RunState, chunk: ChatCompletionChunk): RunState {
  const step = state.steps.at(-1);
  if (step === undefined) return state;
  const withStep = (changed: RunStep): readonly RunStep[] => [...state.steps.slice(0, -1), changed];
  if (isRestart(chunk)) {
    const steps = withStep(newStep(step.step));
    return withFields(state, { steps, content: joinSteps(steps, 'content') });
  }
  const content = contentOf(chunk);
  const reasoning = reasoningOf(chunk);
  // Joined to the step itself, so that its other fields stay.
  const attached = addAttachments(step, chunk) as RunStep;
  if (content === '' && reasoning === '' && attached === step) return state;
  // Appended, because joining all steps for each chunk would take quadratic time.
  const blank = step.content === '' && state.content !== '' && content !== '' ? '\n\n' : '';
  return withFields(state, {
    steps: withStep(
      withFields(attached, { content: step.content + content, reasoning: step.reasoning + reasoning }),
    ),
    content: state.content + blank + content,
  });
}

const showInput = (state: RunState, { id, step, name, partial }: InputEvent): RunState =>
  withCall(state, { id, step }, () => ({ ...newCall(id, name), status: 'writing', partial }));

function endStep(state: RunState, message: AssistantMessage | null, usage: Usage | null): RunState {
  const written = new Map(state.steps.at(-1)?.calls.map(({ id, partial }) => [id, partial]));
  const calls = (message === null ? [] : newCalls(message)).map((call) => ({
    ...call,
    partial: written.get(call.id),
  }));
  return {
    ...state,
    usage,
    steps: state.steps.map((step, place) =>
      place === state.steps.length - 1
        ? // Of an answer that was cut off, calls are kept as far as they are written.
          { ...step, message, calls: calls.length > 0 ? calls : step.calls }
        : step,
    ),
    messages: [...state.messages, ...(message === null ? [] : [message]), ...calls.map(notRun)],
  };
}

/** Adds a step for the calls of the history and their message. */
function resume(state: RunState, messages: readonly Message[]): RunState {
  const open = openCallsIn(messages);
  if (open === undefined) return { ...state, messages };
  const { before, assistant, replies, after } = open;
  const calls = newCalls(assistant);
  return {
    ...state,
    status: 'streaming',
    steps: [
      ...state.steps,
      newStep(0, {
        message: assistant,
        calls: calls.map((call, place) =>
          replies[place] === undefined ? call : { ...call, status: 'done' },
        ),
      }),
    ],
    messages: [...before, assistant, ...calls.map((call, place) => replies[place] ?? notRun(call)), ...after],
  };
}

function statusOf(result: Either<ToolFailure, unknown>): CallStatus {
  if (isRight(result)) return 'done';
  return result.left._tag === 'ToolDenied' ? 'denied' : 'failed';
}

const notRun = ({ id }: { readonly id: string }): ToolMessage => stoppedReply(id, false);

function begin(state: RunState, { id, step, input }: Call, status: CallStatus): RunState {
  const next = updateCall(state, { id, step }, { input, status });
  return withReply(next, stoppedReply(id, status === 'running'));
}

/** Replaces the reply of a call in the conversation: the last one with its id, because ids repeat in some histories. */
const withReply = (state: RunState, reply: ToolMessage): RunState =>
  withFields(state, {
    messages: changeById(
      readField(state, 'messages') as List<Message>,
      reply.tool_call_id,
      repliedId,
      (old) => old && reply,
    ),
  });

const repliedId = (message: Message): string | undefined =>
  message.role === 'tool' ? message.tool_call_id : undefined;

const updateCall = (state: RunState, call: CallPlace, change: Partial<RunCall>): RunState =>
  withCall(state, call, (before) => before && { ...before, ...change });

type CallPlace = Pick<Call, 'id' | 'step'>;

/** Changes a call of a step, or adds one. */
const withCall = (
  state: RunState,
  { id, step }: CallPlace,
  change: (call: RunCall | undefined) => RunCall | undefined,
): RunState =>
  withFields(state, {
    steps: state.steps.map((each) =>
      each.step === step
        ? withFields(each, {
            calls: changeById(readField(each, 'calls') as List<RunCall>, id, (call) => call.id, change),
          })
        : each,
    ),
  });
