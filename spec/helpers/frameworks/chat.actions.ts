import { createAction, props } from '@ngrx/store';

import type { ChatState } from '../../../lib/state/ChatState';

// The actions that the NgRx example imports.
export const asked = createAction('[Chat] Asked', props<{ readonly question: string }>());
export const stopped = createAction('[Chat] Stopped');
export const answerChanged = createAction(
  '[Chat] Answer changed',
  props<{ readonly answer: StoredAnswer }>(),
);

/** A state that a store can hold: of an error, its words. */
type StoredAnswer = Omit<ChatState, 'error'> & { readonly error: string | null };
