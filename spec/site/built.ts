import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { createGzip } from 'node:zlib';

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

import { launch } from '../browser/chromium';
import { PATIENCE } from '../browser/page';
import { problemsOf } from '../browser/problems';

/** The site as `npm run test:site` builds it, and the path that it is built for. */
export const built = resolve(__dirname, '../../coverage/site');
export const BASE = '/rx/';

/** The names of the guides. */
export const guides = existsSync(built)
  ? readdirSync(resolve(built, 'guide')).flatMap((name) => /^(.+)\.html$/.exec(name)?.[1] ?? [])
  : [];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.md': 'text/markdown',
  '.txt': 'text/plain',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
};

/** Serves the site for the specs of a file, with a browser whose pages are closed after each. */
export function useSite(): { readonly browser: Browser; readonly url: string } {
  let browser: Browser;
  let served: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    browser = await launch();
    served = await serve();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await served.close();
  });
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  return {
    get browser() {
      return browser;
    },
    get url() {
      return served.url;
    },
  };
}

/** Serves the site below its path, as a plain file server does. */
async function serve(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://any').pathname);
    const relative = path.startsWith(BASE) ? path.slice(BASE.length) : null;
    const file = relative === null ? '' : join(built, relative === '' ? 'index.html' : relative);
    if (!file.startsWith(built) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    // As static hosts do.
    if (/^text|json|svg/.test(type)) {
      response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' });
      createReadStream(file).pipe(createGzip()).pipe(response);
    } else {
      response.writeHead(200, { 'content-type': type });
      createReadStream(file).pipe(response);
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** True from the moment that the page reacts to clicks: its HTML is there, and visible, before its code runs. */
export const isHydrated = (): boolean => {
  const app = document.querySelector('#app');
  return app !== null && '__vue_app__' in app;
};

/** Opens a page, and collects the errors of its console, and the addresses outside of the site and those that fail. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly problems: readonly string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const problems = problemsOf(page);
  const { origin } = new URL(url);
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !/^(data|blob):/.test(request.url()))
      problems.push(request.url());
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(url);
  await page.waitForFunction(isHydrated);
  return { page, problems };
}
