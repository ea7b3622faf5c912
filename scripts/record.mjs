// `npm run record`: asks a server once and prints a tape of its answer, for `replayTransport`.
import { fstatSync, ftruncateSync, readFileSync, writeSync } from 'node:fs';
import { argv, env, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import './ensure-installed.mjs';

// Only now: on a fresh clone there was no tsx when this file was loaded.
const { register } = await import('tsx/esm/api');
register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
const { chatCompletion$, fetchTransport } = await import('../lib/index.ts');
const { recordTransport, tapeText } = await import('../lib/testing/index.ts');

const HELP = `npm run record -- --model <name> "Say hello" > tape.json

  --base-url <url>  an OpenAI-compatible server; OPENAI_BASE_URL, or Ollama on this machine, where it is not given
  --model <name>    one of its models
  --keep-body       keep the request's JSON on the tape, prompt and all
  --help            this text

OPENAI_API_KEY is sent when there is one. It is never on a tape, and neither is any other header of the request.
Ctrl+C ends a recording early; its tape stays open where it ended.
`;

try {
  const { values, positionals } = parseArgs({
    args: argv.slice(2),
    allowPositionals: true,
    options: {
      'base-url': { type: 'string' },
      model: { type: 'string' },
      'keep-body': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) stdout.write(HELP);
  else if (values.model === undefined || positionals.length === 0)
    throw new Error(`A model and a prompt are needed.\n\n${HELP}`);
  else record(values, positionals.join(' '));
} catch (error) {
  fail(error);
}

function record(
  { 'base-url': baseURL = env.OPENAI_BASE_URL || undefined, model, 'keep-body': keepBody },
  content,
) {
  const config = {
    apiKey: env.OPENAI_API_KEY || undefined,
    transport: recordTransport(fetchTransport(), keep, { keepBody }),
    ...(baseURL === undefined ? {} : { baseURL }),
  };
  let failed;
  // The tape comes when the body has ended, which is a moment after the answer.
  const recording = chatCompletion$(config, { model, messages: [{ role: 'user', content }] }).subscribe({
    error: (error) => (failed = error),
  });
  process.once('SIGINT', () => recording.unsubscribe());

  function keep(tape) {
    // Until the error, if there is one, has come through.
    queueMicrotask(() => {
      if (tape.head === null) fail(failed ?? new Error('no answer came'));
      else {
        print(tapeText(tape));
        stderr.write(`${summaryOf(tape)}\n`);
        if (failed !== undefined) stderr.write(`The answer is an error: ${failed.message}\n`);
      }
    });
  }
}

function summaryOf({ head, reads, end }) {
  const ms = [head, ...reads, end].reduce((sum, each) => sum + (each?.ms ?? 0), 0);
  const ending = end === null ? 'let go of' : end.error === undefined ? 'ended' : 'broken off';
  return `Status ${head.status}, ${reads.length} reads, ${ending} after ${ms} ms.`;
}

/** npm prints a banner before it runs a script; in a file that the output goes to, the tape takes its place. */
function print(text) {
  const { before, isFile } = outputSoFar();
  if (isFile && /^\n> .+\n> [^]*\n\n$/.test(before)) {
    ftruncateSync(1);
    writeSync(1, text, 0);
    return;
  }
  if (isFile && before !== '')
    stderr.write('The tape is not alone in that file: npm run --silent record, and > not >>\n');
  stdout.write(text);
}

function outputSoFar() {
  if (!fstatSync(1).isFile()) return { before: '', isFile: false };
  try {
    return { before: readFileSync('/dev/fd/1', 'utf8'), isFile: true };
  } catch {
    return { before: fstatSync(1).size > 0 ? 'something' : '', isFile: true };
  }
}

function fail(error) {
  stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
