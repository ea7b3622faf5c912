// Packs the package, installs the tarball the way an app does, and streams an answer through it: unit tests
// resolve `fp-ts/Either` in another way than Node's ES modules do, and no type checker notices the difference.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { npm } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { name, exports, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const answer = 'Grüße aus dem Strom 🌊';

const peers = {
  'the newest peers': [],
  'the oldest peers': Object.entries(peerDependencies).map(
    ([peer, range]) => `${peer}@${range.replace('^', '')}`,
  ),
};

/** What an app writes, after it has imported `api`, `testing`, `server` and `rxjs`. */
const program = `
  const texts = [];
  api
    .chatCompletion$(
      { baseURL: process.argv[2] },
      { model: 'any', messages: [{ role: 'user', content: 'hello' }] },
    )
    .pipe(api.accumulateContent())
    .subscribe({
      next: (text) => texts.push(text),
      error: (error) => { console.error(error); process.exitCode = 1; },
      complete: () => console.log(JSON.stringify({
        last: texts.at(-1),
        updates: texts.length,
        isObservable: rxjs.isObservable(api.chatCompletion$({}, { model: 'any', messages: [] })),
        exports: [api, testing, server].map((module) => Object.keys(module).length),
      })),
    });
`;
const consumers = {
  'app.mjs': `
    import * as rxjs from 'rxjs';
    import * as api from '${name}';
    import * as testing from '${name}/testing';
    import * as server from '${name}/testing/server';
    ${program}`,
  'app.cjs': `
    const rxjs = require('rxjs');
    const api = require('${name}');
    const testing = require('${name}/testing');
    const server = require('${name}/testing/server');
    ${program}`,
};

/** Type-checked only, as an ES module and as CommonJS. */
const typedApp = `
  import { accumulateContent, chatCompletion$ } from '${name}';
  import type { Observable } from 'rxjs';
  import * as testing from '${name}/testing';

  export const content$: Observable<string> = chatCompletion$(
    {},
    { model: 'any', messages: [{ role: 'user', content: 'hello' }] },
  ).pipe(accumulateContent());
  export const names: string[] = Object.keys(testing);

  // @ts-expect-error a number is no message: the declarations are found, and are not any
  chatCompletion$({}, { model: 'any', messages: [1] });
`;
const typedConsumers = {
  'typed.mts': typedApp,
  'typed.cts': typedApp,
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      module: 'nodenext',
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable'],
      types: [],
      strict: true,
      noEmit: true,
    },
    files: ['typed.mts', 'typed.cts'],
  }),
};

const failures = [];
const temporary = mkdtempSync(join(tmpdir(), 'check-package-'));
const sse = await answeringServer();
try {
  const tarball = pack();
  for (const [title, versions] of Object.entries(peers)) await consume(title, tarball, versions);
} finally {
  sse.close();
  rmSync(temporary, { recursive: true, force: true });
}
for (const failure of failures) console.error(`FAILED ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;

function expect(fact, holds, detail = '') {
  if (holds) console.log(`ok ${fact}`);
  else failures.push(`${fact} ${detail}`.trimEnd());
}

function run(args, cwd) {
  const { status, stdout, stderr, error } = npm([...args, '--loglevel=error'], cwd);
  if (status !== 0)
    throw new Error(`npm ${args.join(' ')} failed\n${stdout ?? ''}${stderr ?? ''}`, { cause: error });
  return stdout;
}

function pack() {
  run(['run', 'build'], root);
  // Without the scripts, of which prepack would print its build into the JSON.
  const output = run(['pack', '--ignore-scripts', '--json', '--pack-destination', temporary], root);
  const [packed] = Object.values(JSON.parse(output));
  const paths = packed.files.map((file) => file.path);
  const strangers = paths.filter((path) => !/^(dist\/.+|package\.json|README\.md|LICENSE)$/.test(path));
  expect('the package holds nothing but dist', strangers.length === 0, strangers.join(' '));
  for (const target of targetsOf(exports)) {
    expect(`${target} is in the package`, paths.includes(target.replace('./', '')));
  }
  const scripts = paths.filter((path) => /\.c?js$/.test(path));
  // At the start of a line: a comment may show such an import to a reader, whose bundler takes it.
  const folders = scripts.filter((path) =>
    /^(import|export|let|const|var)\b.*['"]fp-ts\//m.test(readFileSync(join(root, path), 'utf8')),
  );
  expect('no script imports a folder of fp-ts', folders.length === 0, folders.join(' '));
  const tellTales = paths.filter((path) => readFileSync(join(root, path), 'utf8').includes(root));
  expect('no file names the folder it was built in', tellTales.length === 0, tellTales.join(' '));
  return join(temporary, packed.filename);
}

function targetsOf(target) {
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(targetsOf);
}

async function consume(title, tarball, versions) {
  const app = join(temporary, title.replaceAll(' ', '-'));
  mkdirSync(app);
  for (const [file, text] of Object.entries({ ...consumers, ...typedConsumers })) {
    writeFileSync(join(app, file), text);
  }
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true }));
  // npm installs the peers of a package by itself, in their newest versions.
  run(['install', '--prefer-offline', '--no-audit', '--no-fund', tarball, ...versions], app);
  const installed = Object.keys(peerDependencies).map(
    (peer) =>
      `${peer} ${JSON.parse(readFileSync(join(app, 'node_modules', peer, 'package.json'), 'utf8')).version}`,
  );
  console.log(`with ${title}: ${installed.join(', ')}`);
  const extra = readdirSync(join(app, 'node_modules')).filter(
    (folder) =>
      !folder.startsWith('.') && ![name, ...Object.keys(peerDependencies), 'tslib'].includes(folder),
  );
  expect('nothing but the package and its peers is installed', extra.length === 0, extra.join(' '));
  for (const file of Object.keys(consumers)) {
    const { status, stdout, stderr } = await node([join(app, file), sse.baseURL], app);
    const said = status === 0 ? JSON.parse(stdout) : {};
    expect(`${file} streams an answer`, said.last === answer && said.updates > 1, `${stdout}${stderr}`);
    expect(`${file} gets an Observable of its own rxjs`, said.isObservable === true);
    expect(`${file} finds every entry point`, said.exports?.every((names) => names > 0) === true);
  }
  // rxjs 7.4 hides its declarations from `nodenext`, and io-ts 2.2.16 is at odds with today's TypeScript.
  if (versions.length > 0) return;
  const tsc = await node([join(root, 'node_modules/@typescript/native/bin/tsc'), '-p', app], app);
  expect('typed.mts and typed.cts compile', tsc.status === 0, `${tsc.stdout}${tsc.stderr}`);
}

/** Not `spawnSync`: the server that the child talks to lives in this process. */
function node(args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** Streams `answer`, a character a chunk, in writes that fall inside characters and line ends. */
async function answeringServer() {
  const frame = (choice, rest) => {
    const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'any', ...rest };
    return `data: ${JSON.stringify({ ...chunk, choices: choice ? [{ index: 0, ...choice }] : [] })}\r\n\r\n`;
  };
  const body = Buffer.from(
    [
      ...[...answer].map((content) => frame({ delta: { content }, finish_reason: null })),
      frame({ delta: {}, finish_reason: 'stop' }),
      frame(undefined, { usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } }),
      'data: [DONE]\r\n\r\n',
    ].join(''),
  );
  const server = createServer((request, response) => {
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let sent = 0;
    const timer = setInterval(() => {
      response.write(body.subarray(sent, (sent += 97)));
      if (sent >= body.length) response.end();
    }, 2);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { baseURL: `http://127.0.0.1:${server.address().port}/v1`, close: () => server.close() };
}
