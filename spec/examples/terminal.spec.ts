import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import type { Message } from '../../lib';
import type { Reply } from '../../lib/testing';
import { startScriptedServer, type ScriptedServer } from '../../lib/testing/server';
import { bundled } from '../helpers/bundled';
import { until } from '../helpers/until';

const root = resolve(__dirname, '../..');
const program = bundled('examples/chat/main.ts');
/** util-linux's `script` runs a program in a terminal. */
const hasTerminal = /util-linux/.test(String(spawnSync('script', ['--version']).stdout));
const inTerminal = hasTerminal ? describe : describe.skip;
if (!hasTerminal) console.warn('The terminal specs are skipped: they need the script command of util-linux.');

const ENTER = '\r';
const TAB = '\t';
const BACKSPACE = '\x7f';
const UP = '\x1b[A';
const CTRL_C = '\x03';
const CTRL_D = '\x04';
const PROMPT = '>>> ';

/** Joins the lines of an output, which wraps where a path is long. */
const onOneLine = (text: string): string => text.replace(/\s+/g, ' ');

/** The program in a terminal. */
interface Terminal {
  /** Types keys. */
  readonly type: (keys: string) => void;
  /** Waits for a text behind the last one that was waited for, and returns what was printed before it. */
  readonly waitFor: (text: string) => Promise<string>;
  /** Types a line at the prompt, and returns what is printed until the next prompt. */
  readonly enter: (line: string) => Promise<string>;
  /** All output, escape sequences included. */
  readonly raw: () => string;
  /** Waits for the end, and returns the exit code. */
  readonly end: () => Promise<number | null>;
}

inTerminal('the terminal program, in a terminal', () => {
  jest.setTimeout(60_000);

  let folder = '';
  let server: ScriptedServer | undefined;
  const children = new Set<ChildProcess>();
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'chat-'))));
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    children.clear();
    await server?.close();
    server = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts the program with a scripted server, and waits for its prompt. */
  async function start(
    replies: Reply | readonly Reply[],
    { env = {}, args = '' }: { readonly env?: Readonly<Record<string, string>>; readonly args?: string } = {},
  ): Promise<Terminal> {
    server ??= await startScriptedServer({ replies });
    const { NO_COLOR: _, ...inherited } = process.env;
    const child = spawn('script', ['-qefc', `"${process.execPath}" "${program()}" ${args}`, '/dev/null'], {
      cwd: root,
      env: {
        ...inherited,
        TERM: 'xterm',
        OPENAI_BASE_URL: server.baseURL,
        INIT_CWD: folder,
        XDG_STATE_HOME: join(folder, 'state'),
        ...env,
      },
    });
    children.add(child);
    let output = '';
    let read = 0;
    let code: number | null | undefined;
    let changed = (): void => undefined;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      changed();
    });
    child.on('close', (exit) => {
      code = exit;
      changed();
    });
    const untilSeen = async <T>(look: () => T | undefined, what: () => string): Promise<T> => {
      for (;;) {
        const found = look();
        if (found !== undefined) return found;
        if (code !== undefined) throw new Error(`ended before ${what()}: ${output.slice(read)}`);
        await new Promise<void>((resolve) => (changed = resolve));
      }
    };
    const terminal: Terminal = {
      type: (keys) => void child.stdin.write(keys),
      waitFor: (text) =>
        untilSeen(
          () => {
            const at = stripVTControlCharacters(output.slice(read)).indexOf(text);
            if (at < 0) return undefined;
            const before = stripVTControlCharacters(output.slice(read)).slice(0, at);
            read = output.length;
            return before.replaceAll('\r', '');
          },
          () => text,
        ),
      enter: async (line) => {
        terminal.type(line + ENTER);
        return terminal.waitFor(`\n${PROMPT}`);
      },
      raw: () => output,
      end: async () => {
        await untilSeen(
          () => (code === undefined ? undefined : true),
          () => 'the end',
        ).catch(() => undefined);
        return code ?? null;
      },
    };
    await terminal.waitFor(PROMPT);
    return terminal;
  }

  const body = (place = -1): Readonly<Record<string, unknown>> =>
    server?.requests.at(place)?.body as Readonly<Record<string, unknown>>;

  it('sets instructions and fields of each request, and reports those that are not valid', async () => {
    const chat = await start('Yes.');
    expect(await chat.enter('/set temprature 1')).toContain('No field temprature. /set lists the fields.\n');
    expect(await chat.enter('/set temperature hot')).toContain('temperature: expected a number, got hot.\n');
    expect(await chat.enter('/set temperature 0.2')).toContain('temperature: 0.2\n');
    expect(await chat.enter('/set')).toContain('* temperature 0.2\n');
    expect(await chat.enter('/system Be brief.')).toContain('Instructions: Be brief.\n');
    expect(await chat.enter('Why?')).toContain('Yes.\n');
    expect(body()).toMatchObject({
      temperature: 0.2,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Why?' },
      ],
    });
    await chat.enter('/system ""');
    await chat.enter('/set temperature');
    await chat.enter('And?');
    expect(body()).not.toHaveProperty('temperature');
    expect(body()).toMatchObject({
      messages: [{ content: 'Why?' }, { content: 'Yes.' }, { content: 'And?' }],
    });
  });

  it('lists the commands, and reports an unknown one', async () => {
    const chat = await start('Yes.');
    expect(await chat.enter('/?')).toContain('/save [file]');
    expect(await chat.enter('/sava')).toContain('Unknown command: /sava. /help lists the commands.\n');
    expect(await chat.enter('/regenerate')).toContain('There is no question to answer again yet.\n');
    expect(server?.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  it('saves a conversation with its branches, and continues it in another run', async () => {
    const first = await start(['One.', 'Two.', 'Three.']);
    await first.enter('Count.');
    expect(await first.enter('/regenerate')).toContain('Two.\n');
    expect(body()).toMatchObject({ messages: [{ role: 'user', content: 'Count.' }] });
    const file = join(folder, 'chat.json');
    expect(onOneLine(await first.enter('/save chat.json'))).toContain(`Saved 2 messages to ${file} `);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Object.keys((JSON.parse(readFileSync(file, 'utf8')) as { turns: object }).turns)).toHaveLength(3);

    writeFileSync(join(folder, 'notes.txt'), 'mine');
    expect(onOneLine(await first.enter('/save notes.txt'))).toContain('was not overwritten.');
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
    first.type(CTRL_D);
    expect(await first.end()).toBe(0);

    const second = await start('');
    expect(onOneLine(await second.enter('/load nothing.json'))).toContain('there is no such file ');
    expect(onOneLine(await second.enter('/load notes.txt'))).toContain(
      'is not a saved conversation: it is not JSON ',
    );
    expect(await second.enter('/load chat.json')).toContain('Loaded 2 messages from ');
    expect(await second.enter('More.')).toContain('Three.\n');
    expect(body()).toMatchObject({
      messages: [{ content: 'Count.' }, { content: 'Two.' }, { content: 'More.' }],
    });
  });

  it('sends several lines between """, and attaches files by their paths', async () => {
    const chat = await start('Yes.');
    chat.type(`"""first${ENTER}`);
    await chat.waitFor('... ');
    chat.type(`second${ENTER}`);
    await chat.waitFor('... ');
    await chat.enter('third"""');
    expect(body()).toMatchObject({ messages: [{ content: 'first\nsecond\nthird' }] });

    chat.type(`"""not this${ENTER}`);
    await chat.waitFor('... ');
    chat.type(CTRL_C);
    await chat.waitFor(PROMPT);
    expect(server?.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);

    writeFileSync(join(folder, 'my cat.png'), 'meow');
    writeFileSync(join(folder, 'todo.md'), 'Buy milk\n');
    const shown = await chat.enter('Compare ./my\\ cat.png and "./todo.md", not ./gone.png');
    expect(shown).toContain('Attached my cat.png (image, 4 bytes)\nAttached todo.md (text, 9 bytes)\n');
    expect(shown).toContain('Not attached: ./gone.png, as there is no such file\n');
    expect((body().messages as readonly unknown[]).at(-1)).toEqual({
      role: 'user',
      content: [
        {
          type: 'text',
          text: 'Compare my cat.png and todo.md, not ./gone.png\n\ntodo.md:\n```\nBuy milk\n```',
        },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,bWVvdw==' } },
      ],
    });
  });

  it('completes commands, fields and paths', async () => {
    writeFileSync(join(folder, 'holiday photo.png'), '');
    const chat = await start('Yes.');
    chat.type(`/reg${TAB}`);
    await chat.waitFor('/regenerate ');
    chat.type(CTRL_C);
    chat.type(`/set temp${TAB}`);
    await chat.waitFor('/set temperature ');
    chat.type(CTRL_C);
    chat.type(`Look: ./hol${TAB}`);
    await chat.waitFor('Look: ./holiday\\ photo.png ');
  });

  it('stops an answer on Ctrl+C, keeps its text, and ends on the next one', async () => {
    const chat = await start({ parts: ['Begun ', { stall: Infinity }] });
    chat.type(`Hi${ENTER}`);
    await chat.waitFor('Begun');
    chat.type(CTRL_C);
    expect(await chat.waitFor(PROMPT)).toContain('[stopped]\n');
    // The program does not wait for it.
    await until(() => server?.requests.at(-1)?.aborted);
    chat.type(CTRL_C);
    expect(await chat.end()).toBe(0);
  });

  it('replaces a question whose answer was stopped before its first text', async () => {
    const chat = await start([{ parts: [{ stall: Infinity }] }, 'Yes.']);
    chat.type(`Frist${ENTER}`);
    await until(() => server?.requests.some(({ method }) => method === 'POST'));
    chat.type(CTRL_C);
    await chat.waitFor(PROMPT);
    await chat.enter('First');
    expect(body()).toMatchObject({ messages: [{ content: 'First' }] });
    expect(body().messages).toHaveLength(1);
  });

  it('keeps what is typed during an answer as a draft of the next line', async () => {
    const chat = await start([{ parts: ['Begun ', { stall: Infinity }] }, 'Yes.']);
    chat.type(`Hi${ENTER}`);
    await chat.waitFor('Begun');
    chat.type(`And whx${BACKSPACE}y?${ENTER}`);
    chat.type(CTRL_C);
    await chat.waitFor('y?');
    expect(server?.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
    chat.type(ENTER);
    await chat.waitFor('Yes.');
    expect(body().messages).toContainEqual({ role: 'user', content: 'And why?' });
  });

  it('runs a tool only if a line allows it, as a key may belong to a question for later', async () => {
    const call: Reply = { parts: [{ toolCall: { name: 'current_time', arguments: {} } }] };
    const chat = await start([call, call, 'Done.'], { args: '--tools' });
    chat.type(`When?${ENTER}`);
    await chat.waitFor('[y/N] ');
    chat.type(`yesterday${ENTER}`);
    await chat.waitFor('[y/N] ');
    chat.type(`y${ENTER}`);
    const text = await chat.waitFor('Done.');
    expect(text).toMatch(/^y\n← current_time/);
    const replies = (body().messages as readonly Message[]).filter(({ role }) => role === 'tool');
    expect(replies.map(({ content }) => JSON.stringify(content).includes('did not allow'))).toEqual([
      true,
      false,
    ]);
  });

  it('keeps the typed lines for the next run, for the user alone, unless that is off', async () => {
    const file = join(folder, 'state/rxjs-chat-completions/history');
    const off = await start('Yes.', { env: { CHAT_HISTORY: 'off' } });
    await off.enter('secret');
    off.type(CTRL_D);
    await off.end();
    expect(existsSync(file)).toBe(false);

    const first = await start('');
    await first.enter('/think');
    await first.enter('Remember me');
    first.type(CTRL_D);
    await first.end();
    expect(readFileSync(file, 'utf8')).toBe('/think\nRemember me\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const second = await start('');
    second.type(UP);
    await second.waitFor('Remember me');
    second.type(UP);
    await second.waitFor('/think');
  });

  it('ends on Ctrl+C in a dumb terminal, which drops a typed line first', async () => {
    const chat = await start('Yes.', { env: { TERM: 'dumb' } });
    chat.type('Not this');
    await chat.waitFor('Not this');
    chat.type(CTRL_C);
    await chat.waitFor(PROMPT);
    await chat.enter('Hi');
    expect(body()).toMatchObject({ messages: [{ content: 'Hi' }] });
    chat.type(CTRL_C);
    expect(await chat.end()).toBe(0);
  });

  it('prints no colours with NO_COLOR', async () => {
    const chat = await start('**Yes.**', { env: { NO_COLOR: '1' } });
    expect(await chat.enter('Hi')).toContain('**Yes.**\n');
    expect(chat.raw()).not.toMatch(/\x1b\[[\d;]*m/);
    const coloured = await start('');
    expect(await coloured.enter('Hi')).not.toContain('**');
    expect(coloured.raw()).toMatch(/\x1b\[1mYes/);
  });
});
