import { toolCallName } from '../fold/AccumulatedToolCall';
import { noAttachments } from '../fold/attachments';
import type { AssistantMessage } from '../request/Message';
import { callsOf } from './history';
import type { RunCall, RunStep } from './RunState';

/**
 * Returns a step before its first chunk.
 *
 * @param fields - The fields that are known already.
 */
export const newStep = (step: number, fields: Partial<RunStep> = {}): RunStep => ({
  step,
  content: '',
  reasoning: '',
  message: null,
  calls: [],
  ...noAttachments,
  ...fields,
});

/** Returns a call that has not started. */
export const newCall = (id: string, name: string): RunCall => ({
  id,
  name,
  status: 'waiting',
  partial: undefined,
  input: undefined,
  progress: undefined,
  result: null,
});

/** Returns the calls of a message, none of which has started. The history of another program may lack any of their fields. */
export const newCalls = (message: AssistantMessage): readonly RunCall[] =>
  callsOf(message).map((call) => newCall(call.id || '', toolCallName(call)));

/** Joins the text or the reasoning of the steps of a run, with a blank line between. */
export const joinSteps = (steps: readonly RunStep[], field: 'content' | 'reasoning'): string =>
  steps
    .map((step) => step[field])
    .filter((text) => text !== '')
    .join('\n\n');
