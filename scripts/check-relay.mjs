// Runs the relay in every server of docs/frameworks.md, behind proxies, with the clients of other libraries, and its log with clients of Redis.
//
//   npm run check:relay                everything
//   npm run check:relay -- Bun nginx   checks whose names contain `Bun` or `nginx`
//   npm run check:relay -- --strict    fails if something is not available on this machine
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { transform } from 'esbuild';
import { lastValueFrom, toArray } from 'rxjs';

import './ensure-built.mjs';
import { NotAvailable } from './consumers/tools.mjs';
import { clients } from './relay/clients.mjs';
import { frameworks, hosts } from './relay/hosts.mjs';
import { answer, startModel } from './relay/model.mjs';
import { logs } from './relay/logs.mjs';
import { proxies } from './relay/proxies.mjs';

const { accumulateContent, chatCompletion$ } = await import('../dist/index.js');
const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { strict: { type: 'boolean' } },
});

/** Milliseconds until a condition that does not hold is a failure. */
const PATIENCE_MS = 30_000;

/** Megabytes that the memory of a server may grow by in a round of readers: 1,000 streams that are kept have more. */
const MOST_GROWN_MB = 24;

const scratch = mkdtempSync(join(tmpdir(), 'check-relay-'));
const model = await startModel();
const running = new Set();
let failed = false;
try {
  for (const host of hosts) await check(host.name, () => checkHost(host));
  const relayed = () => startHost(hosts[0]);
  for (const { name, run } of clients) {
    await check(name, async () => run(await relayed(), answer));
  }
  for (const { name, start } of proxies) {
    await check(name, async () =>
      checkProxy(await start(await relayed(), await freePort(), scratch, running)),
    );
  }
  for (const { name, run } of logs) {
    await check(name, async () => {
      const folder = join(scratch, name.replaceAll(' ', '-'));
      mkdirSync(folder);
      return run(String(await freePort()), folder, running);
    });
  }
} finally {
  for (const child of running) child.kill('SIGKILL');
  model.close();
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

async function check(name, job) {
  const wanted =
    filters.length === 0 || filters.some((part) => name.toLowerCase().includes(part.toLowerCase()));
  if (!wanted) return;
  const started = performance.now();
  const [outcome, remark] = await job().then(
    (remark) => ['ok', remark],
    (error) => (error instanceof NotAvailable ? ['not available', error.message] : ['FAILED', error.stack]),
  );
  if (outcome === 'FAILED' || (outcome === 'not available' && options.strict)) failed = true;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${outcome.padEnd(13)}  ${name.padEnd(24)}  ${seconds.padStart(5)} s  ${remark ?? ''}`.trimEnd(),
  );
}

/** Streams, refuses, and loses readers at any moment. */
async function checkHost(host) {
  const { baseURL, output } = await startHost(host);
  await expectAnswer(baseURL);
  const refused = await fetch(`${baseURL}/chat/completions`, { method: 'POST', body: '{}' });
  if (refused.status !== 401) throw new Error(`without a user the status is ${refused.status}`);
  const readers = host.many ? 1_000 : 100;
  await loseReaders(baseURL, readers);
  // A leak grows in each round, and the garbage of a round in some.
  let [rounds, ms, grown] = [0, 0, Infinity];
  while (grown > MOST_GROWN_MB && rounds < 5) {
    const before = await memoryOf(baseURL);
    ms = await loseReaders(baseURL, readers);
    grown = ((await memoryOf(baseURL)) - before) / 2 ** 20;
    rounds += 1;
  }
  await expectAnswer(baseURL);
  if (output() !== '') throw new Error(`wrote to stderr:\n${output()}`);
  if (grown > MOST_GROWN_MB)
    throw new Error(`the memory grew by ${grown.toFixed(0)} MB in each of ${rounds} rounds`);
  return `${readers} readers left, ${rounds + 1} times; last socket of the model closed after ${ms.toFixed(0)} ms; memory ${grown.toFixed(1)} MB`;
}

async function expectAnswer(baseURL) {
  const config = { baseURL, apiKey: 'anna' };
  const request = { model: 'short', messages: [{ role: 'user', content: 'Hi' }] };
  const texts = await lastValueFrom(chatCompletion$(config, request).pipe(accumulateContent(), toArray()));
  if (texts.at(-1) !== answer) throw new Error(`received ${texts.at(-1)}`);
}

/** Sends questions whose readers leave within 150 ms. Resolves with the milliseconds from the last one to the last model's socket. */
async function loseReaders(baseURL, count) {
  const served = model.served();
  // On a busy machine a server may be too slow for its first readers: then more are sent.
  for (let left = count; left > 0 || model.served() === served; left -= 100) {
    await Promise.all(Array.from({ length: 100 }, () => askAndLeave(baseURL)));
  }
  const started = performance.now();
  await until(
    () => model.open() === 0,
    () => `${model.open()} sockets of the model are open`,
  );
  return performance.now() - started;
}

function askAndLeave(baseURL) {
  return new Promise((resolve) => {
    const request = httpRequest(`${baseURL}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer anna' },
      agent: false,
    })
      .on('response', (response) => response.on('error', () => undefined).resume())
      .on('error', () => undefined)
      .once('close', resolve);
    request.end(question('slow'));
    setTimeout(() => request.destroy(), Math.random() * 150);
  });
}

function question(model) {
  return JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hi' }] });
}

async function memoryOf(baseURL) {
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer memory' },
  });
  return (await response.json()).rss;
}

/** Reads an answer whose next event is sent only when the last one has arrived: a proxy that buffers would wait for ever. */
async function checkProxy(baseURL) {
  await expectAnswer(baseURL);
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer anna' },
    body: question('paced'),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  let text = '';
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let number = 1; number <= 50; number += 1) {
    while (!text.includes(`"content":"${number} "`)) text += (await reader.read()).value ?? '';
    model.next();
  }
  await reader.cancel();
  await until(
    () => model.open() === 0,
    () => 'the model goes on after the reader left',
  );
  return '50 events, each before the next was sent';
}

/** Starts a server with the relay. */
async function startHost({ name, code, route, command }) {
  const modules = await frameworks();
  const folder = join(scratch, name.replace(/\W/g, '-'));
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const path of readdirSync(modules)) {
    if (!path.startsWith('.')) link(join(modules, path), join(folder, 'node_modules', path));
  }
  link(root, join(folder, 'node_modules/rxjs-chat-completions'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  cpSync(join(root, 'scripts/relay/chat.mjs'), join(folder, 'chat.mjs'));
  const port = String(await freePort());
  await writeModule(join(folder, 'app.mjs'), code.replaceAll('3000', port));
  if (route !== undefined) await writeModule(join(folder, 'route.mjs'), route);

  let output = '';
  const [file, ...args] = await command(port);
  const env = { ...process.env, MODEL: model.baseURL, TRANSPORT: name === 'node:http' ? 'node:http' : '' };
  const child = spawn(file, [...args, 'app.mjs'], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    // Deno says where it listens. It aborts the signal of a request after its end too, and warns of that once.
    if (!/^(deno serve: Listening|Deno\.serve: request\.signal aborts on successful)/.test(text))
      output += text;
  });
  running.add(child);
  await until(
    () => child.exitCode !== null || isListening(port),
    () => `it does not listen: ${output}`,
  );
  if (child.exitCode !== null) throw new Error(`it ended: ${output}`);
  output = '';
  return { baseURL: `http://127.0.0.1:${port}/api`, port, output: () => output };
}

function link(target, path) {
  try {
    symlinkSync(target, path, 'junction');
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

async function writeModule(path, code) {
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } };
  const { code: module } = await transform(code, { loader: 'ts', target: 'es2022', tsconfigRaw });
  writeFileSync(path, module.replaceAll('"./chat"', '"./chat.mjs"'));
}

/** Resolves when a condition holds; rejects after {@link PATIENCE_MS}. */
async function until(condition, reason) {
  const started = performance.now();
  while (!(await condition())) {
    if (performance.now() - started > PATIENCE_MS) throw new Error(reason());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true))).once('error', () => resolve(false));
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
