import type { Message } from '../request/Message';
import type { RunState, RunStep } from '../tools/RunState';
import type { ConversationState, Turn } from './ConversationState';

/**
 * Returns a conversation as it is stored: without the data of audio, and with the images of a complete step once.
 *
 * One answer with images or audio may have megabytes, and `localStorage` has five. `conversationFrom` reads the images of a step from
 * the messages of its run. The transcript of audio is stored.
 */
export const storedForm = (state: ConversationState): object => ({
  ...state,
  turns: Object.fromEntries(Object.entries(state.turns).map(([id, turn]) => [id, storedTurn(turn)])),
});

const storedTurn = (turn: Turn): object =>
  turn.kind === 'user' ? turn : { ...turn, run: storedRun(turn.run) };

const storedRun = (run: RunState): object => ({
  ...run,
  steps: run.steps.map((step) => storedStep(step, run.messages)),
});

/** Replaces a message with images by its place in the messages of the run. */
function storedStep(step: RunStep, messages: readonly Message[]): object {
  const { images, audio, message } = step;
  if (images.length === 0 && audio === null) return step;
  const place = message?.images ? messages.indexOf(message) : -1;
  return {
    ...step,
    images: message?.images ? [] : images,
    audio: audio && { ...audio, data: null },
    message: place === -1 ? message : place,
  };
}
