import { catchError, defer, EMPTY, map, of, tap, type Observable } from 'rxjs';
import { models$ } from 'rxjs-chat-completions';

import { answer$, type Conversation, type Turn, type TurnContext } from './conversation';
import { describeError } from './describeError';
import { recipe$ } from './recipe';
import { toolAnswer$ } from './runTools';

const HELP = `/model [name]  lists the models of the server, or switches to one
/think         shows or hides the model's reasoning
/recipe <dish> shows an object, typed by io-ts, while the model writes it
/clear         clears the conversation
/fail <how>    makes the scripted model fail: 429, stall, cut, end, bad-chunk
               or error-frame
/bye           quits, as Ctrl+D does, and Ctrl+C on an empty line
Ctrl+C or Esc  stops an answer; the text received so far is kept`;

/** Creates the turn of a line: a command, or a question for the model. */
export const turnWith =
  (context: TurnContext): Turn =>
  (conversation, line) => {
    const [, name, argument = ''] = /^\/(\w+)(?:\s+(.*))?$/.exec(line.trim()) ?? [];
    const ask$ = context.tools ? toolAnswer$ : answer$;
    if (name !== undefined) return command$(conversation, name, argument, context);
    return line.trim() === '' ? of(conversation) : ask$(conversation, line, context);
  };

function command$(
  conversation: Conversation,
  name: string,
  argument: string,
  context: TurnContext,
): Observable<Conversation> {
  const { backend, screen } = context;
  const info$ = (text: string, next = conversation): Observable<Conversation> =>
    defer(() => {
      screen.info(text);
      return of(next);
    });

  switch (name) {
    case 'help':
      return info$(HELP);
    case 'model':
      if (argument !== '') return info$(`Model: ${argument}`, { ...conversation, model: argument });
      return models$(backend.config).pipe(
        map((models) => models.map(({ id }) => `${id === conversation.model ? '*' : ' '} ${id}`)),
        tap((lines) => screen.info(lines.join('\n'))),
        map(() => conversation),
        catchError((error: unknown) => {
          screen.error(describeError(error));
          return of(conversation);
        }),
      );
    case 'think': {
      const showReasoning = !conversation.showReasoning;
      return info$(`Reasoning: ${showReasoning ? 'shown' : 'hidden'}`, { ...conversation, showReasoning });
    }
    case 'recipe':
      if (argument === '') return info$('/recipe needs a dish, such as /recipe pancakes');
      return recipe$(conversation, argument, context);
    case 'clear':
      return info$('Conversation cleared', { ...conversation, messages: [] });
    case 'fail':
      if (backend.scripted) return answer$(conversation, `/fail ${argument}`.trim(), context);
      return info$(
        '/fail needs the scripted model, which is used when Ollama is not running and no server is named',
      );
    case 'bye':
      return EMPTY;
    default:
      return info$(`Unknown command: /${name}. /help lists the commands.`);
  }
}
