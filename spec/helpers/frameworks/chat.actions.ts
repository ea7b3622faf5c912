import { createAction, props } from '@ngrx/store';

import type { ChatState } from '../../../lib/state/ChatState';

// The actions that the NgRx example imports.
export const questionSent = createAction('[Chat] Question sent', props<{ readonly question: string }>());
export const answerStopped = createAction('[Chat] Answer stopped');
export const answerChanged = createAction(
  '[Chat] Answer changed',
  props<{ readonly answer: StoredAnswer }>(),
);

/** A state that a store can hold, with the message of its error. */
type StoredAnswer = Omit<ChatState, 'error'> & { readonly error: string | null };
