import { takeUntil } from 'rxjs';
import { chatCompletion$ } from 'rxjs-chat-completions';
import type { AnswerFunction } from 'rxjs-chat-completions/conversation';
import { scriptedTransport } from 'rxjs-chat-completions/testing';
import { runTools$, toRunState } from 'rxjs-chat-completions/tools';

const transport = scriptedTransport('Hello');

/** The answers that the recipes of a conversation import. */
export const answer: AnswerFunction = (messages, stop$) =>
  runTools$((request) => chatCompletion$({ transport }, request), { model: 'llama3.2', messages }, []).pipe(
    takeUntil(stop$),
    toRunState(),
  );
