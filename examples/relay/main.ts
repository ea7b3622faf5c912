import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { model } from './model';
import { passOn } from './proxy';
import { openStore } from './store';
import { runWorker } from './worker';
import { Workers } from './workers';

const { WORKER, PORT = '4300' } = process.env;
if (WORKER === undefined) await runExample();
else await runWorker(WORKER, process.env['STORE'] || undefined);

/** Starts Redis if there is one, the processes of the relay, and the proxy in front of them. */
async function runExample(): Promise<void> {
  const [script, store] = await Promise.all([bundlePage(), openStore(process.env)]);
  const pageText = readFileSync(fileURLToPath(new URL('page.html', import.meta.url)), 'utf8');
  const names = store.redisUrl === undefined ? ['1'] : ['1', '2'];
  const meta = (name: string, content: string): string =>
    `<meta name="${name}" content="${content.replace(/[&"<]/g, (c) => `&#${c.charCodeAt(0)};`)}" />`;
  const page = pageText.replace(
    '</head>',
    `${meta('processes', names.join(' '))}${meta('model', model)}</head>`,
  );
  const workers = new Workers(process.argv[1] ?? '', { ...process.env, STORE: store.redisUrl ?? '' });
  // Also when a step below fails.
  process.once('exit', () => {
    workers.close();
    store.close();
  });
  await Promise.all(names.map((name) => workers.start(name)));

  const pass = passOn(() => workers.ports());
  const server = createServer((request, response) => {
    const { url = '/', method } = request;
    const killed = /^\/kill\/(\w+)$/.exec(url)?.[1];
    if (url.startsWith('/api/')) pass(request, response);
    else if (killed !== undefined && method === 'POST')
      response.writeHead(workers.kill(killed) ? 204 : 404).end();
    else if (url === '/page.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else if (url === '/') response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    else response.writeHead(404).end();
  });
  server.once('error', (error) => {
    console.error(`The example cannot listen: ${error.message}. Set PORT to another port.`);
    process.exit(1);
  });
  server.listen(Number(PORT), '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    console.log(`The relay runs with ${store.banner}.\nOpen http://localhost:${port}/ (Ctrl+C ends it)`);
  });
  process.once('SIGINT', () => process.exit()).once('SIGTERM', () => process.exit());
}

async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
    bundle: true,
    format: 'esm',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}
