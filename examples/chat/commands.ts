import { isLeft } from 'fp-ts/Either';
import { catchError, defer, EMPTY, map, of, tap, type Observable } from 'rxjs';
import { models$ } from 'rxjs-chat-completions';
import {
  branchOf,
  emptyConversation,
  reduceConversation,
  type ConversationCommand,
  type ConversationState,
} from 'rxjs-chat-completions/conversation';

import { answer$, questionOf } from './answer';
import { attachFiles } from './attachments';
import { describeError } from './describeError';
import { resolvePath, statePath } from './paths';
import { recipe$ } from './recipe';
import { loadSession, saveSession } from './savedSession';
import type { Session, Turn, TurnContext } from './session';
import { FIELD_NAMES, withSetting } from './settings';

const HELP = `/model [name]      lists the models of the server, or switches to one
/system [text]     shows the instructions for the model, or replaces them; /system "" removes them
/set [name value]  lists the fields of a request, or sets one, such as /set temperature 0.2; without a value, the server's default
/regenerate        requests another answer to the last question; also /retry
/save [file]       saves the conversation as JSON
/load [file]       continues a saved one
/think             shows or hides the model's reasoning
/recipe <dish>     shows an object, typed by io-ts, while the model writes it
/clear             clears the conversation
/fail <how>        makes the scripted model fail: 429, stall, cut, end, bad-chunk or error-frame
/bye               quits; also /exit and /quit, Ctrl+D, and Ctrl+C on an empty line
/help, /?          this list

"""                starts and ends a text of several lines
./cat.png          a path in a question attaches an image, audio or a text file
Tab                completes commands and paths
Ctrl+C or Esc      stops an answer; the text received so far is kept
other keys         during an answer are kept for the next line`;

const REGENERATE: ConversationCommand = { type: 'regenerate' };

/** Handles the argument of a command. */
type Command = (session: Session, argument: string, context: TurnContext) => Observable<Session>;

/** Prints a text, and continues with the same session or another one. */
const info$ = ({ screen }: TurnContext, text: string, next: Session): Observable<Session> =>
  defer(() => {
    screen.info(text);
    return of(next);
  });

/** Prints an error. In a pipe the program then exits with 1. */
const error$ = ({ screen }: TurnContext, text: string, session: Session): Observable<Session> =>
  defer(() => {
    screen.error(text);
    return of<Session>({ ...session, ending: 'failed' });
  });

const regenerate: Command = (session, _, context) =>
  reduceConversation(session.conversation, REGENERATE) === session.conversation
    ? error$(context, 'There is no question to answer again yet.', session)
    : answer$(session, REGENERATE, context);

const quit: Command = () => EMPTY;

const help: Command = (session, _, context) => info$(context, HELP, session);

const COMMANDS: Readonly<Record<string, Command>> = {
  model: (session, name, context) =>
    name === '' ? models(session, context) : info$(context, `Model: ${name}`, { ...session, model: name }),

  system: (session, text, context) => {
    if (text === '') return info$(context, describeSystem(session), session);
    const next = { ...session, system: text === EMPTY_TEXT ? '' : text };
    return info$(context, describeSystem(next), next);
  },

  set: (session, argument, context) => {
    const [, name = '', value = ''] = /^(\S*)\s*(.*)$/s.exec(argument) ?? [];
    if (name === '') return info$(context, describeFields(session), session);
    const settings = withSetting(session.settings, name, value);
    return isLeft(settings)
      ? error$(context, settings.left, session)
      : info$(context, `${name}: ${value === '' ? "the server's default" : value}`, {
          ...session,
          settings: settings.right,
        });
  },

  regenerate,
  retry: regenerate,

  save: (session, file, context) => {
    const path = pathOf(file);
    const saved = saveSession(path, session);
    return isLeft(saved)
      ? error$(context, saved.left, session)
      : info$(context, `Saved ${describeConversation(session.conversation)} to ${path}`, session);
  },

  load: (session, file, context) => {
    const path = pathOf(file);
    const saved = loadSession(path);
    return isLeft(saved)
      ? error$(context, saved.left, session)
      : info$(context, `Loaded ${describeConversation(saved.right.conversation)} from ${path}`, {
          ...session,
          ...saved.right,
        });
  },

  think: (session, _, context) => {
    const showReasoning = !session.showReasoning;
    return info$(context, `Reasoning: ${showReasoning ? 'shown' : 'hidden'}`, { ...session, showReasoning });
  },

  recipe: (session, dish, context) =>
    dish === ''
      ? error$(context, '/recipe needs a dish, such as /recipe pancakes', session)
      : recipe$(session, dish, context),

  clear: (session, _, context) =>
    info$(context, 'Conversation cleared', { ...session, conversation: emptyConversation }),

  fail: (session, how, context) =>
    context.backend.scripted
      ? answer$(session, questionOf(session, `/fail ${how}`.trim()), context)
      : error$(
          context,
          '/fail needs the scripted model, which is used when Ollama is not running and no server is named',
          session,
        ),

  bye: quit,
  exit: quit,
  quit,
  help,
  '?': help,
};

/** The names of the commands, for their completion. */
export const COMMAND_NAMES = Object.keys(COMMANDS);

/** Creates the turn of a line: a command, or a question for the model. */
export const turnWith =
  (context: TurnContext): Turn =>
  (session, line) => {
    const text = line.trim();
    if (text === '') return of(session);
    const [, name, argument = ''] = /^\/(\w+|\?)(?:\s+(.*))?$/s.exec(text) ?? [];
    if (name === undefined) return question$(session, line, context);
    return Object.hasOwn(COMMANDS, name)
      ? (COMMANDS[name] as Command)(session, argument, context)
      : error$(context, `Unknown command: /${name}. /help lists the commands.`, session);
  };

function question$(session: Session, text: string, context: TurnContext): Observable<Session> {
  if (!context.attach) return answer$(session, questionOf(session, text), context);
  const attached = attachFiles(text);
  if (isLeft(attached)) return error$(context, attached.left, session);
  const { content, notes } = attached.right;
  return defer(() => {
    for (const note of notes) context.screen.info(note);
    return answer$(session, questionOf(session, content), context);
  });
}

const models = (session: Session, { backend, screen }: TurnContext): Observable<Session> =>
  models$(backend.config).pipe(
    map((all) => all.map(({ id }) => `${id === session.model ? '*' : ' '} ${id}`)),
    tap((lines) => screen.info(lines.join('\n'))),
    map(() => session),
    catchError((error: unknown) => {
      screen.error(describeError(error));
      return of<Session>({ ...session, ending: 'failed' });
    }),
  );

/** The argument that removes a text. */
const EMPTY_TEXT = '""';

const describeSystem = ({ system }: Session): string =>
  system === '' ? 'Instructions: none' : `Instructions: ${system}`;

const describeFields = ({ settings }: Session): string =>
  FIELD_NAMES.map((name) => (name in settings ? `* ${name} ${String(settings[name])}` : `  ${name}`)).join(
    '\n',
  );

/** The file of `/save` and `/load`: the one that is named, else one of the program. */
const pathOf = (file: string): string =>
  file === '' ? statePath('conversation.json') : resolvePath(file.replace(/\\(.)/g, '$1'));

function describeConversation(state: ConversationState): string {
  const count = branchOf(state).length;
  return count === 1 ? '1 message' : `${count} messages`;
}
