import { argv, env, stderr, stdin, stdout } from 'node:process';
import { parseArgs } from 'node:util';

import { concatMap, finalize, takeLast, takeWhile, tap } from 'rxjs';

import { backend$, type Options } from './backend';
import { turnWith } from './commands';
import { conversation$, opening } from './conversation';
import { inWords } from './failure';
import { ask$, nextOf, pipedLines } from './keyboard';
import { screenOn } from './screen';

const HELP = `npm start                              a conversation
npm start -- "Why is the sky blue?"    one answer, which alone goes to standard output

  --base-url <url>  an OpenAI-compatible server, such as http://127.0.0.1:8080/v1
  --model <name>    one of its models
  --help            this text

OPENAI_BASE_URL and OPENAI_API_KEY are read as well. Without any of them Ollama is looked for on this machine,
and where there is none, a scripted model answers.
`;

const screen = screenOn(stdout, stderr);

// Whoever read our output has left, as `head` does.
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
  else talk(positionals.join(' '), parseOptions(values['base-url'], values.model));
} catch (error) {
  fail(error);
}

function talk(question: string, wish: Options): void {
  const byHand = question === '' && stdin.isTTY;
  const line$ = byHand ? ask$('>>> ') : nextOf(question === '' ? pipedLines() : [question].values());

  backend$(wish)
    .pipe(
      tap(({ words }) => screen.note(byHand ? `${words}\n/help lists the commands.` : words)),
      concatMap((backend) =>
        conversation$(opening(backend.model), line$, turnWith({ backend, screen })).pipe(
          takeWhile(({ ending }) => byHand || ending !== 'stopped', true),
          takeLast(1),
          finalize(backend.close),
        ),
      ),
    )
    .subscribe({
      next: ({ ending }) => {
        if (!byHand && ending === 'failed') process.exitCode = 1;
        if (!byHand && ending === 'stopped') process.exitCode = 130;
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
  screen.problem(inWords(error));
  process.exitCode = 1;
}
