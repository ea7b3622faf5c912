import { argv, env, stderr, stdin, stdout } from 'node:process';
import { parseArgs } from 'node:util';

import { concatMap, finalize, takeLast, takeWhile, tap } from 'rxjs';

import { backend$, type Options } from './backend';
import { turnWith } from './commands';
import { conversation$, startConversation, type TurnContext } from './conversation';
import { describeError } from './describeError';
import { nextLine, pipedLines, prompt$ } from './keyboard';
import { ollamaBaseURL } from './ollama';
import { createScreen } from './screen';

const HELP = `npm start                              starts a conversation
npm start -- "Why is the sky blue?"    prints one answer to standard output

  --base-url <url>  an OpenAI-compatible server, such as http://127.0.0.1:8080/v1
  --model <name>    one of its models
  --tools           lets the model use a calculator and, if you allow it, the clock
  --yes             runs the tools without asking; needed in scripts and pipes
  --help            prints this text

npm start -- --tools "What time is it, and what is 12 * (3 + 4)?"
npm start -- "/recipe pancakes"        an object, typed by io-ts, while the model writes it

OPENAI_BASE_URL and OPENAI_API_KEY are read as well. Without any of them the program uses Ollama on this machine
(OLLAMA_HOST), and a scripted model if Ollama is not running and no model is named.
`;

const screen = createScreen(stdout, stderr);

// The reader of the output has closed it, as `head` does.
stdout.on('error', () => process.exit());

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
  fail(error);
}

function run(question: string, options: Options, tools: Pick<TurnContext, 'tools' | 'allowTools'>): void {
  const interactive = question === '' && stdin.isTTY;
  const line$ = interactive
    ? prompt$('>>> ')
    : nextLine(question === '' ? pipedLines() : [question].values());

  backend$(options, { baseURL: ollamaBaseURL(env.OLLAMA_HOST), screen })
    .pipe(
      tap(({ banner }) => screen.info(interactive ? `${banner}\n/help lists the commands.` : banner)),
      concatMap((backend) =>
        conversation$(startConversation(backend.model), line$, turnWith({ backend, screen, ...tools })).pipe(
          takeWhile(({ ending }) => interactive || ending !== 'stopped', true),
          takeLast(1),
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

function parseOptions(baseURL: string | undefined, model: string | undefined): Options {
  const { OPENAI_BASE_URL, OPENAI_API_KEY } = env;
  const apiKey = OPENAI_API_KEY || undefined;
  if (baseURL) return { baseURL, apiKey, model, from: '--base-url' };
  if (OPENAI_BASE_URL) return { baseURL: OPENAI_BASE_URL, apiKey, model, from: 'OPENAI_BASE_URL' };
  return { apiKey, model, from: 'OPENAI_API_KEY' };
}

function fail(error: unknown): void {
  screen.error(describeError(error));
  process.exitCode = 1;
}
