import type { RunStep } from '../tools/RunState';
import type { ConversationState, Turn, TurnId } from './ConversationState';

/**
 * Returns a conversation as it is stored: without the data of audio, and with the images of a complete step in its messages only.
 *
 * One answer with images or audio may have megabytes, and `localStorage` has five. `conversationFrom` reads the images from the
 * messages. The transcript of audio is stored.
 */
export function storedForm(state: ConversationState): ConversationState {
  const turns: Record<TurnId, Turn> = {};
  for (const [id, turn] of Object.entries(state.turns)) {
    turns[id] =
      turn.kind === 'user' ? turn : { ...turn, run: { ...turn.run, steps: turn.run.steps.map(storedStep) } };
  }
  return { ...state, turns };
}

function storedStep(step: RunStep): RunStep {
  const { images, audio, message } = step;
  if (images.length === 0 && audio === null) return step;
  return {
    ...step,
    images: message?.images ? [] : images,
    audio: audio && { ...audio, data: null },
  };
}
