import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';

import { problemsOf } from './problems';

const root = resolve(__dirname, '../..');

/** A page with the inspector alone, and a scripted model. */
const SCRIPT = `
import { chatCompletion$, retryChat, toChatState } from 'rxjs-chat-completions';
import { defineInspector, inspect, sharedLog } from 'rxjs-chat-completions/inspector';
import { scriptedFetch } from 'rxjs-chat-completions/testing';

defineInspector();
document.querySelector('main').append(document.createElement('chat-inspector'));

Object.assign(globalThis, {
  log: sharedLog(),
  define: defineInspector,
  /** Asks a scripted model, and resolves at the end. */
  ask: (script, delayMs = 5, content = String(Math.random())) =>
    new Promise((done) => {
      const config = inspect({ fetch: scriptedFetch(script, { delayMs, dialect: 'deepseek' }) });
      chatCompletion$(config, { model: 'scripted', messages: [{ role: 'user', content }] })
        .pipe(retryChat({ count: 40, onRetry: sharedLog().onRetry }), toChatState({ onChunkError: 'skip' }))
        .subscribe({ complete: done });
    }),
});
`;

const HTML = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Inspector</title>
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="style-src 'nonce-page'; require-trusted-types-for 'script'">
<style nonce="page">:root { color-scheme: light dark } body { margin: 0; font: 1rem system-ui } h1 { margin: 0.5rem 1rem; font-size: 1.2rem } chat-inspector { height: 90vh }</style>
<main><h1>Calls</h1></main>`;

let bundled: string | undefined;

/** Bundles the page in a process of its own: esbuild does not run inside Jest. */
const bundle = (): string =>
  (bundled ??= execFileSync(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { build } from 'esbuild';
       const stdin = { contents: ${JSON.stringify(SCRIPT)}, resolveDir: '.', loader: 'ts' };
       const { outputFiles } = await build({ stdin, bundle: true, format: 'iife', write: false });
       process.stdout.write(outputFiles[0].text);`,
    ],
    { cwd: root, encoding: 'utf8', maxBuffer: 1e8 },
  ));

/** Opens the page, and returns it with the errors and warnings of its console. */
export async function openInspector(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly inspector: Locator; readonly problems: readonly string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const problems = problemsOf(page);
  await page.setContent(HTML);
  await page.evaluate(bundle()); // Trusted Types do not allow a script tag.
  await page.waitForFunction(() => 'ask' in globalThis);
  return { page, inspector: page.locator('chat-inspector'), problems };
}

/** Asks the scripted model of the page. `script` is the source of a script. */
export const ask = (page: Page, script: string, delayMs = 5): Promise<unknown> =>
  page.evaluate(`ask(${script}, ${delayMs})`);
