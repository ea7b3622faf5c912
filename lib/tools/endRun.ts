import type { AssistantMessage } from '../request/Message';
import { isEmptyAnswer } from './history';
import type { RunState } from './RunState';

/** Treatment of a step with calls that have no result: `'report'` keeps it, `'drop'` leaves it out of the conversation. */
export type UnansweredPolicy = 'report' | 'drop';

/** Returns the state when the run has completed: `stopped`, unless it is `done`. */
export const endRun = (state: RunState, unanswered: UnansweredPolicy): RunState =>
  state.status === 'done' ? state : { ...interrupt(state, unanswered), status: 'stopped' };

/** Returns the state when the run has failed; everything received before stays. */
export const failRun = (state: RunState, error: Error, unanswered: UnansweredPolicy): RunState => ({
  ...interrupt(state, unanswered),
  status: 'failed',
  error,
});

/** Returns the state of a run that ended in the middle of a step. The text and the images of the answer are kept. */
function interrupt(state: RunState, unanswered: UnansweredPolicy): RunState {
  const step = state.steps.at(-1);
  if (step === undefined) return state;
  const { messages } = state;
  if (step.message === null) {
    const { content, images } = step;
    const answer = {
      role: 'assistant',
      content,
      ...(images.length > 0 && { images }),
    } as AssistantMessage;
    return isEmptyAnswer(answer) ? state : { ...state, messages: [...messages, answer] };
  }
  const isSettled = step.calls.every(({ status }) => ['done', 'failed', 'denied'].includes(status));
  return unanswered === 'report' || isSettled
    ? state
    : { ...state, messages: messages.slice(0, messages.lastIndexOf(step.message)) };
}
