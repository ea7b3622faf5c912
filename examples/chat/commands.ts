import { catchError, defer, EMPTY, map, of, tap, type Observable } from 'rxjs';
import { models$ } from 'rxjs-chat-completions';

import { answer$, type Conversation, type Setting, type Turn } from './conversation';
import { inWords } from './failure';

const HELP = `/model [name]  lists the models of the server, or changes to one
/think         hides the model's reasoning, or shows it again
/clear         forgets the conversation
/fail <how>    makes the scripted model fail: 429, stall, cut, end, bad-chunk
               or error-frame
/bye           ends, as Ctrl+D does, and Ctrl+C when nothing is typed
Ctrl+C or Esc  stops an answer; what has come of it stays in the conversation`;

/** A turn for each line: a command is done, anything else is a question for the model. */
export const turnWith =
  (setting: Setting): Turn =>
  (conversation, line) => {
    const [, name, argument = ''] = /^\/(\w+)(?:\s+(.*))?$/.exec(line.trim()) ?? [];
    if (name !== undefined) return command$(conversation, name, argument, setting);
    return line.trim() === '' ? of(conversation) : answer$(conversation, line, setting);
  };

function command$(
  conversation: Conversation,
  name: string,
  argument: string,
  setting: Setting,
): Observable<Conversation> {
  const { backend, screen } = setting;
  const said = (text: string, then = conversation): Observable<Conversation> =>
    defer(() => {
      screen.note(text);
      return of(then);
    });

  switch (name) {
    case 'help':
      return said(HELP);
    case 'model':
      if (argument !== '')
        return said(`From here on ${argument} answers.`, { ...conversation, model: argument });
      return models$(backend.config).pipe(
        map((models) => models.map(({ id }) => `${id === conversation.model ? '*' : ' '} ${id}`)),
        tap((lines) => screen.note(lines.join('\n'))),
        map(() => conversation),
        catchError((error: unknown) => {
          screen.problem(inWords(error));
          return of(conversation);
        }),
      );
    case 'think': {
      const showReasoning = !conversation.showReasoning;
      const words = `Reasoning is ${showReasoning ? 'shown' : 'hidden'} from here on.`;
      return said(words, { ...conversation, showReasoning });
    }
    case 'clear':
      return said('The conversation begins anew.', { ...conversation, messages: [] });
    case 'fail':
      if (backend.scripted) return answer$(conversation, `/fail ${argument}`.trim(), setting);
      return said(
        'Only the scripted model fails at will; it answers when there is no Ollama and no --base-url.',
      );
    case 'bye':
      return EMPTY;
    default:
      return said(`There is no /${name}; /help lists what there is.`);
  }
}
