import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

import { firstValueFrom, last } from 'rxjs';
import { accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
import { replayTransport, tapeOf, type Tape } from 'rxjs-chat-completions/testing';
import { startScriptedServer, type ScriptedServer } from 'rxjs-chat-completions/testing/server';

const script = resolve(__dirname, '../../scripts/record.mjs');
const temporary = mkdtempSync(join(tmpdir(), 'record-'));
const KEY = 'sk-very-secret';

let server: ScriptedServer;
beforeAll(async () => {
  const failure = { status: 404, message: 'No such model' };
  server = await startScriptedServer({
    replies: ({ body }) => ((body as { model: string }).model === 'none' ? failure : 'Grüße aus dem Strom'),
    delayMs: 5,
  });
});
afterAll(async () => {
  await server.close();
  rmSync(temporary, { recursive: true });
});

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command. `into` is the file descriptor of its output. */
async function run(args: readonly string[], into: number | 'pipe' = 'pipe'): Promise<Run> {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.baseURL },
    stdio: ['ignore', into, 'pipe'],
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const [stdout, stderr] = await Promise.all([child.stdout ? text(child.stdout) : '', text(child.stderr!)]);
  return { code: await ended, stdout, stderr };
}

const replay = (tape: Tape): Promise<string> =>
  firstValueFrom(
    chatCompletion$(
      { transport: replayTransport(tape, { speed: Infinity }) },
      { model: 'any', messages: [] },
    ).pipe(accumulateContent(), last()),
  );

describe('npm run record', () => {
  it('prints a tape of the response, and a summary on stderr', async () => {
    const { code, stdout, stderr } = await run(['--model', 'small', 'Say', 'hello']);
    const tape = tapeOf(JSON.parse(stdout));
    expect(await replay(tape)).toBe('Grüße aus dem Strom');
    // A busy machine reads several events at once.
    expect(tape.reads.length).toBeGreaterThan(0);
    expect(stderr).toMatch(/^Status 200, \d+ reads, ended after \d+ ms\.\n$/);
    expect(code).toBe(0);
    expect(server.requests.at(-1)).toMatchObject({
      headers: { authorization: `Bearer ${KEY}` },
      body: { messages: [{ role: 'user', content: 'Say hello' }] },
    });
    expect(stdout).not.toMatch(new RegExp(`${KEY}|Say hello|127\\.0\\.0\\.1`));
  }, 30_000);

  it("replaces npm's banner in a file, and nothing else", async () => {
    const contents: string[] = [];
    for (const before of ['\n> pkg@1.0.0 record\n> node scripts/record.mjs Say hello\n\n', 'other\n']) {
      const path = join(temporary, 'tape.json');
      const file = openSync(path, 'w+');
      writeSync(file, before);
      const { stderr } = await run(['--model', 'small', 'Say hello'], file);
      closeSync(file);
      contents.push(readFileSync(path, 'utf8'));
      if (before === 'other\n') expect(stderr).toContain('The file has other content before the tape');
    }
    const [alone, after] = contents;
    expect(await replay(tapeOf(JSON.parse(alone!)))).toBe('Grüße aus dem Strom');
    expect(after).toMatch(/^other\n{\n {2}"version": 1,/);
  }, 30_000);

  it('records an HTTP error, and the body of the request with --keep-body', async () => {
    const { code, stdout, stderr } = await run(['--model', 'none', '--keep-body', 'Say hello']);
    const { head, request } = tapeOf(JSON.parse(stdout));
    expect(head?.status).toBe(404);
    expect(request.body).toMatchObject({ model: 'none', messages: [{ content: 'Say hello' }] });
    expect(stderr).toContain('The call failed: 404 No such model');
    expect(code).toBe(0);
  }, 30_000);

  it('prints only the reason when there is no response', async () => {
    const { code, stdout, stderr } = await run([
      '--model',
      'small',
      '--base-url',
      'http://127.0.0.1:1/v1',
      'Say hello',
    ]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('cannot reach http://127.0.0.1:1/v1');
  }, 30_000);

  it('prints its usage', async () => {
    const { code, stdout, stderr } = await run(['Say hello']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^A model and a prompt are required\.\n\nnpm run record/);
    expect((await run(['--help'])).stdout).toContain('npm run record -- --model <name>');
  }, 30_000);
});
