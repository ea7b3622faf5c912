// `node scripts/take-picture.mjs`: takes docs/inspector.png, a picture of the Angular example in Chromium, and
// docs/inspector-retry.png, an animation of a retry. `node scripts/example-angular.mjs --build` builds the example.
import { createReadStream, existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { animate } from './apng.mjs';
import { chromium as executablePath, NO_CHROMIUM } from './chromium.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'examples/angular/dist');
const still = join(root, 'docs/inspector.png');
const animation = join(root, 'docs/inspector-retry.png');

/** Sizes of the page in pixels. The still shows some of the chat, the animation the inspector alone. */
const STILL = { width: 1280, height: 620 };
const ANIMATION = { width: 1240, height: 480 };

/** Milliseconds between pictures of the animation, and its length. */
const FRAME_MS = 300;
const LENGTH_MS = 13_000;

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
const address = `http://127.0.0.1:${server.address().port}/`;

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  await takeStill();
  await takeAnimation();
} finally {
  await browser.close();
  server.close();
}

/** The run waits for an approval, so that each picture shows the same moment. The first tool call is selected. */
async function takeStill() {
  const page = await open(STILL, 'tool-call');
  await page.getByRole('button', { name: 'Approve' }).waitFor();
  await page.getByRole('button', { name: 'Fit' }).click();
  await page.getByTitle('Next: tool call').click();
  await page.screenshot({ path: still });
  report(still);
}

/** Three responses with status 429, the waits that they request, and an answer. */
async function takeAnimation() {
  const page = await open(ANIMATION, 'rate-limit');
  const inspector = page.locator('chat-inspector');
  const frames = [];
  const start = performance.now();
  for (let due = 0; due <= LENGTH_MS; due += FRAME_MS) {
    await page.waitForTimeout(Math.max(0, start + due - performance.now()));
    frames.push({ at: performance.now() - start, png: await inspector.screenshot() });
  }
  writeFileSync(animation, animate(frames));
  report(animation);
}

async function open(viewport, scenario) {
  const page = await browser.newPage({ viewport, colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto(`${address}#scenario=${scenario}`);
  const inspector = page.getByRole('button', { name: 'Inspector' });
  if ((await inspector.getAttribute('aria-pressed')) === 'false') await inspector.click();
  return page;
}

function report(file) {
  console.log(`${file}: ${(statSync(file).size / 1_000).toFixed(0)} kB`);
}
