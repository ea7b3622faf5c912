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
  const refusal = { status: 404, message: 'No such model' };
  server = await startScriptedServer({
    replies: ({ body }) => ((body as { model: string }).model === 'none' ? refusal : 'Grüße aus dem Strom'),
    delayMs: 5,
  });
});
afterAll(async () => {
  await server.close();
  rmSync(temporary, { recursive: true });
});

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly words: string;
}

/** Runs the command; `into` is a file that its output goes to. */
async function run(args: readonly string[], into: number | 'pipe' = 'pipe'): Promise<Ran> {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.baseURL },
    stdio: ['ignore', into, 'pipe'],
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const [out, words] = await Promise.all([child.stdout ? text(child.stdout) : '', text(child.stderr!)]);
  return { code: await ended, out, words };
}

const played = (tape: Tape): Promise<string> =>
  firstValueFrom(
    chatCompletion$(
      { transport: replayTransport(tape, { speed: Infinity }) },
      { model: 'any', messages: [] },
    ).pipe(accumulateContent(), last()),
  );

describe('npm run record', () => {
  it('prints a tape that plays the answer, and says on the other stream how it went', async () => {
    const { code, out, words } = await run(['--model', 'small', 'Say', 'hello']);
    const tape = tapeOf(JSON.parse(out));
    expect(await played(tape)).toBe('Grüße aus dem Strom');
    expect(tape.reads.length).toBeGreaterThan(2);
    expect(words).toMatch(/^Status 200, \d+ reads, ended after \d+ ms\.\n$/);
    expect(code).toBe(0);
    expect(server.requests.at(-1)).toMatchObject({
      headers: { authorization: `Bearer ${KEY}` },
      body: { messages: [{ role: 'user', content: 'Say hello' }] },
    });
    expect(out).not.toMatch(new RegExp(`${KEY}|Say hello|127\\.0\\.0\\.1`));
  }, 30_000);

  it('keeps the body when it is asked to', async () => {
    const { out } = await run(['--model', 'small', '--keep-body', '--base-url', server.baseURL, 'Say hello']);
    expect(tapeOf(JSON.parse(out)).request.body).toMatchObject({
      model: 'small',
      messages: [{ content: 'Say hello' }],
    });
  }, 30_000);

  it("takes the place of npm's banner in a file, and of nothing else", async () => {
    const contents: string[] = [];
    for (const before of ['\n> pkg@1.0.0 record\n> node scripts/record.mjs Say hello\n\n', 'mine\n']) {
      const path = join(temporary, 'tape.json');
      const file = openSync(path, 'w+');
      writeSync(file, before);
      const { words } = await run(['--model', 'small', 'Say hello'], file);
      closeSync(file);
      contents.push(readFileSync(path, 'utf8'));
      if (before === 'mine\n') expect(words).toContain('not alone in that file');
    }
    const [alone, after] = contents;
    expect(await played(tapeOf(JSON.parse(alone!)))).toBe('Grüße aus dem Strom');
    expect(after).toMatch(/^mine\n{\n {2}"version": 1,/);
  }, 30_000);

  it('keeps a refusal, too', async () => {
    const { code, out, words } = await run(['--model', 'none', 'Say hello']);
    expect(tapeOf(JSON.parse(out)).head?.status).toBe(404);
    expect(words).toContain('The answer is an error: 404 No such model');
    expect(code).toBe(0);
  }, 30_000);

  it('prints nothing where no answer comes, and says why', async () => {
    const { code, out, words } = await run([
      '--model',
      'small',
      '--base-url',
      'http://127.0.0.1:1/v1',
      'Say hello',
    ]);
    expect([code, out]).toEqual([1, '']);
    expect(words).toContain('cannot reach http://127.0.0.1:1/v1');
  }, 30_000);

  it('says what it needs', async () => {
    const { code, out, words } = await run(['Say hello']);
    expect([code, out]).toEqual([1, '']);
    expect(words).toMatch(/^A model and a prompt are needed\.\n\nnpm run record/);
    expect((await run(['--help'])).out).toContain('npm run record -- --model <name>');
  }, 30_000);
});
