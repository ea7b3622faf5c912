import { createAction, props } from '@ngrx/store';

import type { ChatState } from '../../../lib/state/ChatState';

// The actions that the NgRx example imports.
export const asked = createAction('[Chat] Asked', props<{ readonly question: string }>());
export const stopped = createAction('[Chat] Stopped');
export const answerChanged = createAction('[Chat] Answer changed', props<{ readonly answer: ChatState }>());
