import { argv, env, stderr, stdin, stdout } from 'node:process';
import { parseArgs } from 'node:util';

import { concatMap, finalize, takeLast, takeWhile, tap } from 'rxjs';

import { backend$, type Options } from './backend';
import { turnWith } from './commands';
import { conversation$, startConversation } from './conversation';
import { describeError } from './describeError';
import { nextLine, pipedLines, prompt$ } from './keyboard';
import { ollamaBaseURL } from './ollama';
import { createScreen } from './screen';

const HELP = `npm start                              starts a conversation
npm start -- "Why is the sky blue?"    prints one answer to standard output

  --base-url <url>  an OpenAI-compatible server, such as http://127.0.0.1:8080/v1
  --model <name>    one of its models
  --help            prints this text

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
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) stdout.write(HELP);
  else run(positionals.join(' '), parseOptions(values['base-url'], values.model));
} catch (error) {
  fail(error);
}

function run(question: string, options: Options): void {
  const interactive = question === '' && stdin.isTTY;
  const line$ = interactive
    ? prompt$('>>> ')
    : nextLine(question === '' ? pipedLines() : [question].values());

  backend$(options, { baseURL: ollamaBaseURL(env.OLLAMA_HOST), screen })
    .pipe(
      tap(({ banner }) => screen.info(interactive ? `${banner}\n/help lists the commands.` : banner)),
      concatMap((backend) =>
        conversation$(startConversation(backend.model), line$, turnWith({ backend, screen })).pipe(
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
