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

/** Returns the state of a run that ended in the middle of a step. The text of the answer is kept. */
function interrupt(state: RunState, unanswered: UnansweredPolicy): RunState {
  const step = state.steps.at(-1);
  if (step === undefined) return state;
  const { messages } = state;
  if (step.message === null) {
    return step.content === ''
      ? state
      : { ...state, messages: [...messages, { role: 'assistant', content: step.content }] };
  }
  const isSettled = step.calls.every(({ status }) => ['done', 'failed', 'denied'].includes(status));
  return unanswered === 'report' || isSettled
    ? state
    : { ...state, messages: messages.slice(0, messages.lastIndexOf(step.message)) };
}
