// `node scripts/take-picture.mjs`: takes docs/inspector.png, a picture of the Angular example in Chromium.
// `node scripts/example-angular.mjs --build` builds the example.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { chromium as executablePath, NO_CHROMIUM } from './chromium.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'examples/angular/dist');
const picture = join(root, 'docs/inspector.png');

/** Height of the picture in pixels: the inspector with some of the chat. */
const HEIGHT = 620;

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

if (executablePath === undefined) throw new Error(NO_CHROMIUM);
if (!existsSync(join(built, 'index.html'))) throw new Error('examples/angular is not built');

const server = createServer(({ url }, response) => {
  const path = new URL(url, 'http://any').pathname;
  const file = join(built, path === '/' ? 'index.html' : path);
  if (!file.startsWith(built) || !existsSync(file)) return response.writeHead(404).end();
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(response);
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage({
    viewport: { width: 1280, height: HEIGHT },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  await page.goto(`http://127.0.0.1:${server.address().port}/#scenario=tool-call`);
  // The run waits here, so that each picture shows the same moment. The first tool call is selected.
  await page.getByRole('button', { name: 'Approve' }).waitFor();
  await page.getByTitle('Next: Right: tool call').click();
  await page.screenshot({ path: picture });
  console.log(`${picture}: ${(statSync(picture).size / 1_000).toFixed(0)} kB`);
} finally {
  await browser.close();
  server.close();
}
