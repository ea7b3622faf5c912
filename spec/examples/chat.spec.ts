import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { type ScriptedServer, startScriptedServer } from 'rxjs-chat-completions/testing/server';

import type { Reply } from '../../lib/testing';

const root = resolve(__dirname, '../..');

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** In how many reads the answer came. */
  readonly reads: number;
}

/** Runs the program as `npm start` does, with its input, output and errors in pipes. */
function chat(
  args: readonly string[],
  { input = '', onOutput = (_: ChildProcess): unknown => undefined } = {},
): Promise<Ran> {
  const { OPENAI_BASE_URL: _url, OPENAI_API_KEY: _key, ...env } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/chat/main.ts', ...args], {
    cwd: root,
    env,
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
  const serving = async (replies: Reply, delayMs = 0): Promise<readonly string[]> => {
    server = await startScriptedServer({ replies, delayMs });
    return ['--base-url', server.baseURL];
  };
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it('answers with no server named, and says who answers and why', async () => {
    const { code, stdout, stderr } = await chat(['hello']);
    expect(stdout).toMatch(/\w/);
    expect(stderr).toMatch(/^\S.* on http:\/\/127\.0\.0\.1:\d+\/v1 \(.+\)\n/);
    expect(code).toBe(0);
  });

  it('prints the answer alone on standard output, as it comes', async () => {
    const to = await serving({ parts: [{ reasoning: 'Hm.' }, 'One **two** three four five'] }, 50);
    const { code, stdout, stderr, reads } = await chat([...to, 'count']);
    expect(stdout).toBe('One **two** three four five\n');
    expect(reads).toBeGreaterThan(1);
    expect(stderr).toContain('Thinking...\nHm.\n...done thinking.\n');
    expect(stderr).toMatch(/\d\.\d\d s to first token · \d+ tokens\/s · \d+ in, \d+ out · stop\n$/);
    expect(code).toBe(0);
  });

  it('reads questions from standard input, a line each, and keeps the conversation', async () => {
    const to = await serving('Yes.');
    const { code, stdout } = await chat(to, { input: 'One?\n/clear\nTwo?\nThree?\n' });
    expect(stdout).toBe('Yes.\nYes.\nYes.\n');
    const { messages } = server?.requests.at(-1)?.body as { messages: readonly { content: string }[] };
    expect(messages.map(({ content }) => content)).toEqual(['Two?', 'Yes.', 'Three?']);
    expect(code).toBe(0);
  });

  it('keeps from the terminal what would make it do things', async () => {
    const to = await serving('a\x07b\x1b[2Jc\x1b]0;title\x07d\x9b31me\u202ef');
    const { stdout } = await chat([...to, 'hello']);
    expect(stdout).toBe('abcdef\n');
  });

  it('keeps an answer that is cut off, marks it, and exits with 1', async () => {
    const to = await serving({ parts: ['Half an', { cut: 'body' }] });
    const { code, stdout, stderr } = await chat([...to, 'hello']);
    expect(stdout).toBe('Half an\n');
    expect(stderr).toContain('[cut off] the server stopped in the middle of the answer\n');
    expect(code).toBe(1);
  });

  it('goes on after a chunk that cannot be read, and says that a piece is missing', async () => {
    const to = await serving({ parts: ['One ', { bad: 'json' }, 'two'] });
    const { code, stdout, stderr } = await chat([...to, 'hello']);
    expect(stdout).toBe('One two\n');
    expect(stderr).toContain('[a piece is missing] not JSON: ');
    expect(code).toBe(0);
  });

  it('stops at an interrupt, aborts the request and keeps what came', async () => {
    const to = await serving({ parts: ['Begun ', { stall: Infinity }] });
    const { code, stdout, stderr } = await chat([...to, 'hello'], {
      onOutput: (child) => child.killed || child.kill('SIGINT'),
    });
    expect(stdout).toBe('Begun \n');
    expect(stderr).toContain('[stopped]\n');
    expect(code).toBe(130);
    expect(server?.requests.at(-1)?.aborted).toBe(true);
  });

  it.each([[[]], [['--model', 'any']]])(
    'says in one line that the server cannot be reached, and exits with 1 (%j)',
    async (model) => {
      const to = await serving('Nobody hears this.');
      await server?.close();
      const { code, stdout, stderr } = await chat([...to, ...model, 'hello']);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/(^|\n)cannot reach http:\/\/127\.0\.0\.1:\d+[^\n]*: ECONNREFUSED\n$/);
      expect(code).toBe(1);
    },
  );

  it('says in one line what the server answered, and exits with 1', async () => {
    const to = await serving({ status: 401, message: 'Incorrect API key provided.' });
    const { code, stderr } = await chat([...to, '--model', 'scripted', 'hello']);
    expect(stderr).toContain(
      '\nthe server answered 401 Incorrect API key provided. (is OPENAI_API_KEY right?)\n',
    );
    expect(code).toBe(1);
  });

  it('explains itself', async () => {
    const [help, mistaken] = await Promise.all([chat(['--help']), chat(['--modle', 'x'])]);
    expect(help.stdout).toContain('npm start -- "Why is the sky blue?"');
    expect(help.code).toBe(0);
    expect(mistaken.stderr).toMatch(/^Unknown option '--modle'/);
    expect(mistaken.code).toBe(1);
  });
});
