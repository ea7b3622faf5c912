// `npm run record`: sends one request and prints a tape of the response, for `replayTransport`.
import { fstatSync, ftruncateSync, readFileSync, writeSync } from 'node:fs';
import { argv, env, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';

const HELP = `npm run record -- --model <name> "Say hello" > tape.json

  --base-url <url>  an OpenAI-compatible server; default OPENAI_BASE_URL, then Ollama on this machine
  --model <name>    one of its models
  --keep-body       records the request's JSON, prompt included
  --help            prints this text

OPENAI_API_KEY is sent if it is set. A tape has no request headers.
Ctrl+C ends a recording early; a replay of its tape then stays open.
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
    throw new Error(`A model and a prompt are required.\n\n${HELP}`);
  else await record(values, positionals.join(' '));
} catch (error) {
  fail(error);
}

async function record(
  { 'base-url': baseURL = env.OPENAI_BASE_URL || undefined, model, 'keep-body': keepBody },
  content,
) {
  // Here, as the help needs none of it.
  await import('./run-typescript.mjs');
  const { chatCompletion$, fetchTransport } = await import('../lib/index.ts');
  const { recordTransport, tapeText } = await import('../lib/testing/index.ts');
  const config = {
    apiKey: env.OPENAI_API_KEY || undefined,
    transport: recordTransport(fetchTransport(), finish, { keepBody }),
    ...(baseURL === undefined ? {} : { baseURL }),
  };
  let failed;
  // The tape is complete when the body has ended, a moment after the stream.
  const recording = chatCompletion$(config, { model, messages: [{ role: 'user', content }] }).subscribe({
    error: (error) => (failed = error),
  });
  process.once('SIGINT', () => recording.unsubscribe());

  function finish(tape) {
    // After the error, if there is one, has been emitted.
    queueMicrotask(() => {
      if (tape.head === null) fail(failed ?? new Error('No response was received.'));
      else {
        print(tapeText(tape));
        stderr.write(`${summaryOf(tape)}\n`);
        if (failed !== undefined) stderr.write(`The call failed: ${failed.message}\n`);
      }
    });
  }
}

function summaryOf({ head, reads, end }) {
  const ms = [head, ...reads, end].reduce((sum, each) => sum + (each?.ms ?? 0), 0);
  const ending = end === null ? 'aborted' : end.error === undefined ? 'ended' : 'broken';
  return `Status ${head.status}, ${reads.length} reads, ${ending} after ${ms} ms.`;
}

/** Prints the tape. If the output is a file, the tape replaces the banner that npm has written to it. */
function print(text) {
  const { before, isFile } = readOutput();
  if (isFile && /^\n> .+\n> [^]*\n\n$/.test(before)) {
    ftruncateSync(1);
    writeSync(1, text, 0);
    return;
  }
  if (isFile && before !== '')
    stderr.write(
      'The file has other content before the tape. Use npm run --silent record, and > instead of >>.\n',
    );
  stdout.write(text);
}

function readOutput() {
  if (!fstatSync(1).isFile()) return { before: '', isFile: false };
  try {
    return { before: readFileSync('/dev/fd/1', 'utf8'), isFile: true };
  } catch {
    return { before: fstatSync(1).size > 0 ? 'other' : '', isFile: true };
  }
}

function fail(error) {
  stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
