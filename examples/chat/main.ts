import { argv, env, stderr, stdin, stdout } from 'node:process';
import { parseArgs } from 'node:util';

import {
  concatMap,
  defer,
  finalize,
  identity,
  skip,
  takeWhile,
  tap,
  throwIfEmpty,
  type Observable,
} from 'rxjs';

import { backend$, type Options } from './backend';
import { withBlocks } from './blocks';
import { COMMAND_NAMES, turnWith } from './commands';
import { complete } from './complete';
import { describeError } from './describeError';
import { openHistory } from './inputHistory';
import { nextLine, pipedLines, prompt$ } from './keyboard';
import { ollamaBaseURL } from './ollama';
import { statePath } from './paths';
import { createScreen } from './screen';
import { session$, startSession, type TurnContext } from './session';

const HELP = `npm start                              starts a conversation
npm start -- "Why is the sky blue?"    prints one answer to standard output
npm start -s < questions.txt           answers each line of standard input

  --base-url <url>  an OpenAI-compatible server, such as http://127.0.0.1:8080/v1
  --model <name>    one of its models
  --tools           lets the model use a calculator and, if you allow it, the clock
  --yes             runs the tools without asking; needed in scripts and pipes
  --help            prints this text

npm start -- --tools "What time is it, and what is 12 * (3 + 4)?"
npm start -- "/recipe pancakes"        an object, typed by io-ts, while the model writes it
npm start -- "What is in ./cat.png?"   attaches the file: an image, audio or text

OPENAI_BASE_URL and OPENAI_API_KEY are read as well. Without any of them the
program uses Ollama on this machine (OLLAMA_HOST), and a scripted model if
Ollama is not running and no model is named.

The lines that you type are kept for the next conversation, in
~/.local/state/rxjs-chat-completions/history, which only you can read.
CHAT_HISTORY=off keeps none. NO_COLOR=1 prints without colours.
`;

const screen = createScreen(stdout, stderr);

stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') fail(error); // else the reader of the output has closed it, as `head` does
  process.exit();
});

try {
  const { values, positionals } = parseArgs({
    args: argv.slice(2),
    allowPositionals: true,
    options: {
      'base-url': { type: 'string' },
      model: { type: 'string' },
      tools: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) stdout.write(HELP);
  else {
    const tools = { tools: values.tools, allowTools: values.yes };
    run(positionals.join(' '), parseOptions(values['base-url'], values.model), tools);
  }
} catch (error) {
  fail(isUnknownOption(error) ? new Error(`${firstSentence(error)}. --help lists the options.`) : error);
}

function run(question: string, options: Options, tools: Pick<TurnContext, 'tools' | 'allowTools'>): void {
  const interactive = question === '' && stdin.isTTY;
  const line$ = interactive ? typedLine() : question === '' ? pipedLine() : nextLine([question].values());
  const context = { screen, ...tools, attach: interactive || question !== '' };

  const { OLLAMA_HOST } = env;
  const from = OLLAMA_HOST?.trim() ? 'OLLAMA_HOST' : undefined;

  backend$(options, { baseURL: ollamaBaseURL(OLLAMA_HOST), from, screen })
    .pipe(
      tap(({ banner }) => screen.info(interactive ? `${banner}\n/help lists the commands.` : banner)),
      concatMap((backend) =>
        session$(startSession(backend.model), line$, turnWith({ ...context, backend })).pipe(
          skip(1), // the session before its first line
          takeWhile(({ ending }) => interactive || ending !== 'stopped', true),
          interactive ? identity : throwIfEmpty(noQuestion),
          finalize(backend.close),
        ),
      ),
    )
    .subscribe({
      next: ({ ending }) => {
        if (!interactive && ending === 'failed') process.exitCode = 1;
        if (!interactive && ending === 'stopped') process.exitCode = 130;
      },
      error: fail,
    });
}

/** Returns the next line that is typed, or the next block of lines. */
function typedLine(): Observable<string> {
  const history = openHistory(env.CHAT_HISTORY === 'off' ? null : statePath('history'), (error) =>
    screen.error(`The history of the input is not kept: ${describeError(error)}`),
  );
  const options = { history, complete: (line: string) => complete(line, COMMAND_NAMES) };
  return withBlocks(
    defer(() => {
      stderr.write('\n');
      return prompt$('>>> ', options);
    }),
    prompt$('... ', options),
    'drop',
  );
}

function pipedLine(): Observable<string> {
  const line$ = nextLine(pipedLines());
  return withBlocks(line$, line$, 'send');
}

/** Reads the server and the model. An empty text counts as none: the value of a variable that is not set. */
function parseOptions(baseURL: string | undefined, modelOption: string | undefined): Options {
  const { OPENAI_BASE_URL, OPENAI_API_KEY } = env;
  const apiKey = OPENAI_API_KEY || undefined;
  const model = modelOption || undefined;
  if (baseURL) return { baseURL, apiKey, model, from: '--base-url' };
  if (OPENAI_BASE_URL) return { baseURL: OPENAI_BASE_URL, apiKey, model, from: 'OPENAI_BASE_URL' };
  return { apiKey, model, from: 'OPENAI_API_KEY' };
}

function noQuestion(): Error {
  return new Error('There is no question. Pass it as an argument, or on standard input. --help shows both.');
}

function isUnknownOption(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
}

/** Node's message continues with advice for arguments that begin with a dash. */
function firstSentence({ message }: Error): string {
  return message.split('. ')[0] ?? message;
}

function fail(error: unknown): void {
  screen.error(describeError(error));
  process.exitCode = 1;
}
