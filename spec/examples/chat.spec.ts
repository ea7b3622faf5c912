import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ScriptedServer, startScriptedServer } from 'rxjs-chat-completions/testing/server';

import type { Script } from '../../lib/testing';
import { bundled } from '../helpers/bundled';
import { until } from '../helpers/until';

const root = resolve(__dirname, '../..');
const program = bundled('examples/chat/main.ts');

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Number of reads of standard output. */
  readonly reads: number;
}

/** An address that nothing listens on, in place of an Ollama on this machine. */
let noOllama = '';
beforeAll(async () => {
  const { port, close } = await startScriptedServer({ replies: '' });
  await close();
  noOllama = `127.0.0.1:${port}`;
});

/** Runs the program with its input, output and errors in pipes. */
function chat(
  args: readonly string[],
  { input = '', onOutput = (_: ChildProcess): unknown => undefined, script = program() } = {},
): Promise<Run> {
  const { OPENAI_BASE_URL: _url, OPENAI_API_KEY: _key, ...env } = process.env;
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    env: { ...env, OLLAMA_HOST: noOllama },
  });
  let stdout = '';
  let stderr = '';
  let reads = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    reads += 1;
    onOutput(child);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end(input);
  return new Promise((done) => child.on('close', (code) => done({ code, stdout, stderr, reads })));
}

describe('the terminal program, in a pipe', () => {
  jest.setTimeout(60_000);

  let server: ScriptedServer | undefined;
  const serve = async (replies: Script, delayMs = 0): Promise<readonly string[]> => {
    server = await startScriptedServer({ replies, delayMs });
    return ['--base-url', server.baseURL];
  };
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it('prints the model, the server and the reason for the choice, as `npm start` runs it', async () => {
    const { code, stdout, stderr } = await chat(['hello'], { script: 'scripts/start.mjs' });
    expect(stdout).toMatch(/^Hello! /);
    // On a busy machine the first line is `Waiting for …`.
    expect(stderr).toMatch(
      /^Scripted model on http:\/\/127\.0\.0\.1:\d+\/v1 \(Ollama is not running on 127\.0\.0\.1:\d+\)\n/m,
    );
    expect(code).toBe(0);
  });

  it('takes an empty model for none, as a shell passes a variable that is not set', async () => {
    const { stdout, stderr } = await chat([...(await serve('Hello')), '--model', '', 'hello']);
    expect(stdout).toBe('Hello\n');
    expect(stderr).toMatch(/^\S+ on http/m);
  });

  it('exits with 1 instead of a scripted answer when a model is named', async () => {
    const { code, stdout, stderr } = await chat(['--model', 'llama3.2', 'hello']);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^Ollama is not running on 127\.0\.0\.1:\d+\. Start it with ollama serve/m);
    expect(code).toBe(1);
  });

  it('streams the answer to standard output, and nothing else', async () => {
    const target = await serve({ parts: [{ reasoning: 'Hm.' }, 'One **two** three four five'] }, 50);
    const { code, stdout, stderr, reads } = await chat([...target, 'count']);
    expect(stdout).toBe('One **two** three four five\n');
    expect(reads).toBeGreaterThan(1);
    expect(stderr).toContain('Thinking...\nHm.\n...done thinking.\n');
    expect(stderr).toMatch(/\d\.\d\d s to first token · \d+ tokens\/s · \d+ in, \d+ out · stop\n$/);
    expect(code).toBe(0);
  });

  it('exits with 1 if the output cannot be written', () => {
    const readOnly = openSync(program(), 'r');
    const { status, stderr } = spawnSync(process.execPath, [program(), '--help'], {
      stdio: ['ignore', readOnly, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(readOnly);
    expect(stderr).toMatch(/^E\w+: .*write/);
    expect(status).toBe(1);
  });

  it('exits with 0 if the reader of its output closes it', async () => {
    const target = await serve('word '.repeat(500), 5);
    const { code } = await chat([...target, 'hello'], { onOutput: ({ stdout }) => stdout?.destroy() });
    expect(code).toBe(0);
  });

  it('reads one question a line from standard input, and keeps the conversation', async () => {
    const target = await serve('Yes.');
    const { code, stdout } = await chat(target, { input: 'One?\n/clear\nTwo?\nThree?\n' });
    expect(stdout).toBe('Yes.\nYes.\nYes.\n');
    const { messages } = server?.requests.at(-1)?.body as { messages: readonly { content: string }[] };
    expect(messages.map(({ content }) => content)).toEqual(['Two?', 'Yes.', 'Three?']);
    expect(code).toBe(0);
  });

  it('removes control characters from an answer', async () => {
    const target = await serve('a\x07b\x1b[2Jc\x1b]0;title\x07d\x9b31me\u202ef');
    const { stdout } = await chat([...target, 'hello']);
    expect(stdout).toBe('abcdef\n');
  });

  it('prints an incomplete answer, marks it, and exits with 1', async () => {
    const target = await serve({ parts: ['Half an', { cut: 'body' }] });
    const { code, stdout, stderr } = await chat([...target, 'hello']);
    expect(stdout).toBe('Half an\n');
    expect(stderr).toContain('[incomplete] The response ended before the answer was complete\n');
    expect(code).toBe(1);
  });

  it('continues after a chunk that cannot be read, and reports it', async () => {
    const target = await serve({ parts: ['One ', { bad: 'json' }, 'two'] });
    const { code, stdout, stderr } = await chat([...target, 'hello']);
    expect(stdout).toBe('One two\n');
    expect(stderr).toContain('[chunk skipped] not JSON: ');
    expect(code).toBe(0);
  });

  it('stops on an interrupt, aborts the request and keeps the text', async () => {
    const target = await serve({ parts: ['Begun ', { stall: Infinity }] });
    const { code, stdout, stderr } = await chat([...target, 'hello'], {
      onOutput: (child) => child.killed || child.kill('SIGINT'),
    });
    expect(stdout).toBe('Begun \n');
    expect(stderr).toContain('[stopped]\n');
    expect(code).toBe(130);
    await until(() => server?.requests.at(-1)?.aborted);
  });

  it.each([[[]], [['--model', 'any']]])(
    'prints one line when the server cannot be reached, and exits with 1 (%j)',
    async (model) => {
      const target = await serve('Hello');
      await server?.close();
      const { code, stdout, stderr } = await chat([...target, ...model, 'hello']);
      expect(stdout).toBe('');
      expect(stderr).toMatch(
        /(^|\n)Cannot reach http:\/\/127\.0\.0\.1:\d+[^\n]*: the connection was refused \(ECONNREFUSED\); [^\n]*\n$/,
      );
      expect(code).toBe(1);
    },
  );

  it('prints one line with the error of the server, and exits with 1', async () => {
    const target = await serve({ status: 401, message: 'Incorrect API key provided.' });
    const { code, stderr } = await chat([...target, '--model', 'scripted', 'hello']);
    expect(stderr).toContain(
      '\nThe server responded with an error: 401 Incorrect API key provided. (check OPENAI_API_KEY)\n',
    );
    expect(code).toBe(1);
  });

  it('runs the tools that the model calls, and denies those that need approval', async () => {
    const { code, stdout, stderr } = await chat(['--tools', 'What time is it, and what is 12 * (3 + 4)?']);
    expect(stdout).toContain('The tools returned:');
    expect(stderr).toContain(
      '\n→ current_time\n✗ current_time: The user did not allow current_time: there is',
    );
    expect(stderr).toContain('\n→ calculator 12 * (3 + 4)\n← calculator 84\n');
    expect(stderr).toMatch(
      /\n2 requests · \d\.\d\d s to first token · \d+ tokens\/s · \d+ in, \d+ out · stop\n$/,
    );
    expect(code).toBe(0);
  });

  it('runs tools without approval with --yes, and returns failures to the model', async () => {
    const { stdout, stderr } = await chat(['--tools', '--yes', 'The time, and 2 / 0?']);
    expect(stderr).toMatch(/\n← current_time \w{3} \w{3} \d\d \d{4} /);
    expect(stderr).toContain('\n✗ calculator: ');
    expect(stdout).toContain('- Error: ');
  });

  it('offers no tools by default, and keeps calls and results in the conversation', async () => {
    const call = { parts: [{ toolCall: { name: 'calculator', arguments: { expression: '6*7' } } }] };
    server = await startScriptedServer({ replies: [call, 'It is 42.', 'Yes.'] });
    const target = ['--base-url', server.baseURL, '--model', 'any'];
    const { stdout } = await chat([...target, '--tools'], { input: '6*7?\nSure?\n' });
    expect(stdout).toBe('It is 42.\nYes.\n');
    const [first, , last] = server.requests.map(({ body }) => body as Readonly<Record<string, unknown>>);
    expect(first).toHaveProperty('tools.length', 2);
    expect((last?.messages as readonly { role: string }[]).map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ]);
    await server.close();
    const without = await serve('No.');
    await chat([...without, '6*7?']);
    expect(server.requests.at(-1)?.body).not.toHaveProperty('tools');
  });

  it('prints a recipe, and requests it by its schema', async () => {
    const { code, stdout } = await chat(['/recipe pancakes']);
    expect(stdout).toMatch(/^Pancakes\n25 minutes · serves 4\n\n- 200 g flour\n.*\n\n1\. Whisk .*\.\n$/s);
    expect(code).toBe(0);
  });

  it('prints an incomplete recipe, reports what does not fit, and exits with 1', async () => {
    const target = await serve('{"name":"Tea","minutes":"five"}');
    const { code, stdout, stderr } = await chat([...target, '/recipe tea']);
    expect(server?.requests.at(-1)?.body).toHaveProperty('response_format.json_schema.name', 'Recipe');
    expect(stdout).toBe('Tea\n');
    expect(stderr).toMatch(/\nMinutes: expected Int, got "five"[^\n]*\n$/);
    expect(code).toBe(1);
  });

  it('attaches a file that the argument names, and none that a pipe names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chat-'));
    const picture = join(folder, 'cat.png');
    writeFileSync(picture, 'meow');
    const target = await serve('Yes.');
    const { stderr } = await chat([...target, `What is ${picture}?`]);
    expect(stderr).toContain('Attached cat.png (image, 4 bytes)\n');
    expect(server?.requests.at(-1)?.body).toMatchObject({ messages: [{ content: { length: 2 } }] });
    await chat(target, { input: `What is ${picture}?\n` });
    expect(server?.requests.at(-1)?.body).toMatchObject({ messages: [{ content: `What is ${picture}?` }] });
    const directory = await chat([...target, `What is ${folder}/x.png/y.png or ./?`]);
    expect(directory.stderr).toContain('as there is no such file\n');
    rmSync(folder, { recursive: true });
  });

  it('reads lines between three quotes from a pipe as one question, also without the last quotes', async () => {
    const target = await serve('Yes.');
    const { stdout } = await chat(target, { input: '"""One\ntwo\n"""\n"""Three\nfour\n' });
    expect(stdout).toBe('Yes.\nYes.\n');
    const { messages } = server?.requests.at(-1)?.body as { messages: readonly { content: string }[] };
    expect(messages.map(({ content }) => content)).toEqual(['One\ntwo', 'Yes.', 'Three\nfour']);
  });

  it.each(['/bye', '/exit', '/quit'])('quits at %s', async (command) => {
    const { code, stdout } = await chat(await serve('Yes.'), { input: `One\n${command}\nTwo\n` });
    expect(stdout).toBe('Yes.\n');
    expect(code).toBe(0);
  });

  it('exits with 1 after a command that fails', async () => {
    const { code, stderr } = await chat([...(await serve('Yes.')), '/nope']);
    expect(stderr).toContain('Unknown command: /nope. /help lists the commands.\n');
    expect(code).toBe(1);
  });

  it('exits with 1 if one of several answers fails', async () => {
    const target = await serve(['Yes.', { status: 400, message: 'No.' }, 'Yes.']);
    const { code, stdout } = await chat(target, { input: 'One\nTwo\nThree\n' });
    expect(stdout).toBe('Yes.\nYes.\n');
    expect(code).toBe(1);
  });

  it('exits with 1 without a question', async () => {
    const { code, stdout, stderr } = await chat([]);
    expect(stdout).toBe('');
    expect(stderr).toContain('There is no question. Pass it as an argument, or on standard input.');
    expect(code).toBe(1);
  });

  it('prints its usage, and rejects unknown options', async () => {
    const [help, unknown] = await Promise.all([chat(['--help']), chat(['--modle', 'x'])]);
    expect(help.stdout).toContain('npm start -- "Why is the sky blue?"');
    expect(help.stdout).toMatch(/^ {2}--tools {2}/m);
    expect(help.code).toBe(0);
    expect(unknown.stderr).toBe("Unknown option '--modle'. --help lists the options.\n");
    expect(unknown.code).toBe(1);
  });
});
